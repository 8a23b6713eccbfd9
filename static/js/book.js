// The page of an appointment, or of a place on the waitlist: told that it stands otherwise, it asks
// how, and changes only then. An offer is counted down by a clock that nobody sets; when it ends,
// the server is asked and not the clock believed.

import { digits } from "./digits.js";
import { follow, thisPage } from "./live.js";

const EVERY = 15_000; // milliseconds: from when on one may come, the clock says and no message
const main = document.querySelector("#main");
const away = document.querySelector("#away");
const living = () => document.querySelector("#living");
let behind = false; // told that it stands otherwise, and not yet shown
let retry;
let asked = 0;
let ends;

// The element that lasts carries the pass; the part that is swapped brings a new one.
main.dataset.pass = living().dataset.pass;
const line = follow(main, { heard, refetch, isBehind: () => behind });
main.addEventListener("age", ({ detail }) => { away.hidden = detail !== "stale"; });

function heard({ state }) {
  if (state !== living().dataset.told) renew();
}

async function renew() {
  behind = true;
  clearTimeout(retry);
  try {
    if (await refetch()) return;
  } catch {
    // The network is away for a moment; the page says so if it stays away.
  }
  retry = setTimeout(renew, 2_000);
}

// Of two answers on their way, the one that was asked for last is the newest.
async function refetch() {
  asked += 1;
  const mine = asked;
  const page = await thisPage();
  if (page && mine === asked) show(page);
  return Boolean(page);
}

function show(page) {
  const fresh = page.querySelector("#living");
  if (!fresh) return location.reload();
  behind = false;
  line.clock.set(0);
  main.dataset.pass = fresh.dataset.pass;
  const { state, follows } = living().dataset;
  if (fresh.dataset.state === state) return;
  swap(fresh);
  document.title = page.title;
  if (fresh.dataset.follows !== follows) line.renew();
  say([...fresh.querySelectorAll("#standing, .changed, .late")]);
  begin();
}

// What was said already is not read out anew.
function say(told) {
  const news = document.querySelector("#news");
  const words = told.map((each) => each.textContent).join(" ");
  if (news.textContent !== words) news.textContent = words;
}

// What has the focus keeps it; where that is gone, it goes to how things stand now.
function swap(fresh) {
  const at = living().contains(document.activeElement) ? document.activeElement : null;
  const isOpen = document.querySelector("#code")?.open;
  living().replaceWith(fresh);
  if (isOpen) document.querySelector("#code")?.setAttribute("open", "");
  if (at) (document.getElementById(at.id) ?? document.querySelector("#standing")).focus({ preventScroll: true });
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
    renew();
  }
}

begin();
setInterval(tick, 1_000);
setInterval(() => document.hidden || refetch().catch(() => {}), EVERY);
document.addEventListener("visibilitychange", () => document.hidden || renew());
