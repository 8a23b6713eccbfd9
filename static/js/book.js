// The page of an appointment, or of a place on the waitlist: it asks how things stand every so
// often, and at once when it is told that they stand otherwise; only then it changes. An offer is
// counted down by a clock that nobody sets; when it ends, the server is asked and not the clock
// believed.

import { digits } from "./digits.js";
import { follow } from "./live.js";

const EVERY = 15_000; // milliseconds
const TRIES = 3; // that may fail before the page says that it is old
const main = document.querySelector("#main");
const living = () => document.querySelector("#living");
const away = document.querySelector("#away");
let failed = 0;
let ends;
let line;
let looking = false;
let again = false; // something was told meanwhile

async function look() {
  if (document.hidden) return false;
  again = looking;
  if (looking) return false;
  looking = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(8_000) });
    if (!answer.ok) throw new Error(answer.statusText);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    failed = 0;
  } catch {
    failed += 1; // the network is away for a moment; if it stays away, the page says so
  }
  away.hidden = failed < TRIES;
  looking = false;
  if (again) look();
  return failed === 0;
}

function show(page) {
  const fresh = page.querySelector("#living");
  if (!fresh) return;
  if (line) main.dataset.pass = fresh.dataset.pass; // an old one ends some day
  const { state, follows } = living().dataset;
  if (fresh.dataset.state === state) return;
  const focused = document.activeElement?.id;
  const isOpen = document.querySelector("#code")?.open;
  living().replaceWith(fresh);
  document.title = page.title;
  if (isOpen) document.querySelector("#code")?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  say([...fresh.querySelectorAll("#standing, .changed, .late")]);
  if (line && fresh.dataset.follows !== follows) line.renew();
  begin();
}

// What was said already is not read out anew.
function say(told) {
  const news = document.querySelector("#news");
  const words = told.map((each) => each.textContent).join(" ");
  if (news.textContent !== words) news.textContent = words;
}

function begin() {
  const left = document.querySelector("[data-left]");
  ends = left ? performance.now() + left.dataset.left * 1000 : undefined;
  if (left) left.hidden = false;
  tick();
}

function tick() {
  if (ends === undefined) return;
  const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  const clock = document.querySelector("[data-clock]");
  const two = (number) => digits(number).padStart(2, digits(0));
  if (clock) clock.textContent = `${digits(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  if (seconds === 0) {
    ends = undefined;
    look();
  }
}

// A place on the waitlist may come from many departments: its page follows none.
if (living().dataset.pass) {
  main.dataset.pass = living().dataset.pass;
  const heard = ({ state }) => state !== living().dataset.state && look();
  line = follow(main, { heard, refetch: look });
}
begin();
setInterval(tick, 1_000);
setInterval(look, EVERY);
for (const event of ["online", "pageshow", "focus"]) addEventListener(event, look);
document.addEventListener("visibilitychange", look);
