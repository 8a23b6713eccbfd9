/* Nobody there: ask, wait, and wipe. Compared by the clock, since a tab in the background, or a
   machine that slept, runs its timers late. */
import { digits } from "./digits.js";
import { isBusy, startAgain, tell } from "./kiosk-pages.js";

let touched = Date.now();

const main = () => document.getElementById("main");
const asks = () => document.getElementById("still-there");

function look() {
  if (isBusy() || document.querySelector("dialog#not-connected[open]")) return;
  const { idle, warning, closes } = main().dataset;
  const quiet = (Date.now() - touched) / 1000;
  if (closes) count(document.querySelector("main .closing, footer .closing"), closes - quiet);
  if (idle && quiet >= idle) ask(Number(idle) + Number(warning) - quiet);
}

function ask(left) {
  if (!asks().open) asks().showModal();
  count(asks(), left);
}

function count(where, left) {
  const seconds = Math.max(0, Math.ceil(left));
  const shown = where.querySelector("[data-count]");
  const written = digits(seconds);
  if (shown.textContent !== written) shown.textContent = written;
  if (left <= 0) {
    touched = Date.now(); // one wipe; the next, if it fails, after as long again
    startAgain();
  }
}

function touch() {
  if (!asks().open) touched = Date.now();
}

/* The one action that gives more time; the server hears of it too, and keeps what was typed. */
function giveTime() {
  touched = Date.now();
  asks().close();
  tell(asks().dataset.here, new FormData(document.getElementById("start-again")));
}

for (const kind of ["pointerdown", "keydown", "input", "wheel"]) {
  document.addEventListener(kind, touch, { capture: true, passive: true });
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-more-time]")) giveTime();
});
document.addEventListener(
  "cancel", // the Escape key
  (event) => {
    event.preventDefault();
    if (event.target === asks()) giveTime();
  },
  { capture: true },
);
document.addEventListener("kiosk:page", () => {
  touched = Date.now();
});
document.addEventListener("visibilitychange", look);
setInterval(look, 500);
