// A patient's page: its sentences change in place; when it has to look otherwise (called, held,
// sent on) it is fetched anew and its main part takes the old one's place, so that what sound the
// patient allowed stays allowed.

import { Alert } from "./alert.js";
import { clock } from "./digits.js";
import { follow, thisPage, Versions } from "./live.js";

const QUIET = 20_000; // once the patient is done there is no department to follow
const main = document.querySelector("#main");
const versions = new Versions();
const alert = new Alert(document.querySelector("#tell"));
const shown = () => main.querySelector("#visit");

// The element that lasts carries the pass; the part that is swapped brings a new one.
main.dataset.pass = shown().dataset.pass;
let behind = false; // told that the page has to look otherwise, and not yet so
const line = follow(main, { heard, refetch, isBehind: () => behind });
alert.show(Boolean(main.querySelector(".stop, .call")));
announce();

function heard(told) {
  if (!versions.accept(told)) return;
  const stop = main.querySelector(`[data-department="${CSS.escape(told.department)}"]`);
  if ((stop?.dataset.state ?? "gone") !== told.state) return renew();
  if (stop) say(stop, told);
}

// Sentences come finished, in the language of the page.
function say(stop, told) {
  const wasNear = stop.querySelector("[data-told=near]:not([hidden])");
  for (const place of stop.querySelectorAll("[data-told]")) {
    const sentence = told[place.dataset.told];
    if (sentence === undefined) continue;
    if (place.textContent !== sentence) place.textContent = sentence;
    (place.closest("[data-whole]") ?? place).hidden = !sentence;
  }
  if (!wasNear && told.near) alert.nudge();
}

let retry;
async function renew() {
  behind = true;
  clearTimeout(retry);
  try {
    if (await refetch()) return;
  } catch {
    // The network is away for a moment; the age of the page tells if it stays away.
  }
  retry = setTimeout(renew, 2_000);
}

async function refetch() {
  const found = await thisPage();
  if (found) swap(found);
  return Boolean(found);
}

function swap(page) {
  const fresh = page.querySelector("#visit");
  if (!fresh) return location.reload(); // the day is over: the farewell has nothing to follow
  const followed = shown().dataset.follows;
  const focused = document.activeElement?.id;
  main.dataset.pass = fresh.dataset.pass;
  behind = false;
  line.clock.set(0);
  shown().replaceWith(fresh);
  document.body.className = page.body.className;
  document.title = page.title;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  if (fresh.dataset.follows !== followed) line.renew();
  alert.show(Boolean(fresh.querySelector(".stop, .call")));
  announce();
}

// A call, or a call repeated: rung once, whatever page or tab brought it.
function announce() {
  const calls = [...main.querySelectorAll("[data-call]")];
  const news = calls.find((call) => call.dataset.call !== sessionStorage.getItem("rung"));
  if (!calls.length) alert.hush();
  if (!news) return;
  sessionStorage.setItem("rung", news.dataset.call);
  const words = news.querySelector("[data-call-words]").textContent.replace(/\s+/g, " ").trim();
  document.querySelector("#news").textContent = document.title;
  alert.ring({ title: news.querySelector("h2").textContent, words });
  scrollTo({ top: 0 });
}

// Forms are sent from here, without leaving the page.
main.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const button = event.submitter;
  const unsent = document.querySelector("#unsent");
  if (button) button.disabled = true;
  unsent.hidden = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.status >= 500) throw new Error(answer.statusText);
    swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    unsent.hidden = false;
    if (button) button.disabled = false;
  }
});

setInterval(() => main.querySelector(".stop, .call") || refetch().catch(() => {}), QUIET);

const asOf = document.querySelector("#as-of");
const stale = document.querySelector("#stale");
main.addEventListener("age", ({ detail }) => {
  asOf.dataset.age = detail;
  const since = new Date(Date.now() - line.clock.now * 1000);
  stale.querySelector("[data-since]").textContent = clock(since, stale.dataset.zone);
  stale.hidden = detail !== "stale";
});
