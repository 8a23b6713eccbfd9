// The page of an appointment, or of a place on the waitlist: it asks every so often how things
// stand, and changes only when they stand otherwise. An offer is counted down by a clock that
// nobody sets; when it ends, the server is asked and not the clock believed.

import { digits } from "./digits.js";

const EVERY = 15_000; // milliseconds
const TRIES = 3; // that may fail before the page says that it is old
const living = () => document.querySelector("#living");
const away = document.querySelector("#away");
let failed = 0;
let ends;

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(8_000) });
    if (!answer.ok) throw new Error(answer.statusText);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    failed = 0;
  } catch {
    failed += 1; // the network is away for a moment; if it stays away, the page says so
  }
  away.hidden = failed < TRIES;
}

function show(page) {
  const fresh = page.querySelector("#living");
  if (!fresh || fresh.dataset.state === living().dataset.state) return;
  const focused = document.activeElement?.id;
  const isOpen = document.querySelector("#code")?.open;
  living().replaceWith(fresh);
  document.title = page.title;
  if (isOpen) document.querySelector("#code")?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const told = [...fresh.querySelectorAll("#standing, .changed")];
  document.querySelector("#news").textContent = told.map((each) => each.textContent).join(" ");
  begin();
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

begin();
setInterval(tick, 1_000);
setInterval(look, EVERY);
for (const event of ["online", "pageshow", "focus"]) addEventListener(event, look);
document.addEventListener("visibilitychange", look);
