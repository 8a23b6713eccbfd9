// The wall: shows each board as it comes, and hands what is newly called to the one queue of calls.

import { stayAwake } from "./awake.js";
import { Calls } from "./calls.js";
import { clock } from "./digits.js";
import { Controls, settings } from "./display.js";
import { follow, thisPage, Versions } from "./live.js";
import { Takeover } from "./takeover.js";
import { Voice } from "./voice.js";

const LOOKS_ANEW_EVERY = 5 * 60_000; // milliseconds: a new pass, new departments, a new version
const OFFERED_FOR = 30_000; // the start stands before the wall; then only its badge stays

const wall = document.getElementById("wall");
const facts = JSON.parse(document.getElementById("facts").textContent);
const display = settings();
const takeover = new Takeover(wall.querySelector(".takeover"), display);
const voice = new Voice(wall, facts.speech, {
  isStillCalled,
  show: (call) => takeover.show(call),
  hide: () => takeover.hide(),
});
const controls = new Controls(wall, display, {
  reach: (display) => takeover.reach(display),
  changed: () => (voice.muted = display.muted),
});
const versions = new Versions();
const calls = new Calls();
const messages = new Map();

// Boards

function panelOf(code) {
  return document.getElementById(`panel-${code}`);
}

function hear(told) {
  const panel = panelOf(told.department);
  if (!panel || !versions.accept(told)) return;
  if (told.html !== panel.drawnFrom) panel.replaceWith(drawn(told.html));
  messages.set(told.department, told.message);
  showMessages();
  announce(told);
}

function drawn(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const panel = template.content.querySelector(".panel");
  panel.drawnFrom = html; // a board that tells nothing new changes nothing
  return panel;
}

function announce(told) {
  const { department } = told;
  const title = panelOf(department).querySelector("h2").textContent;
  const isCalled = (label) => isStillCalled({ department, label });
  for (const { label, counter } of calls.news(told, isCalled)) {
    voice.announce({ department, title, label, counter });
  }
}

function isStillCalled({ department, label }) {
  return Boolean(panelOf(department)?.querySelector(`.called[data-label="${CSS.escape(label)}"]`));
}

function showMessages() {
  const strip = wall.querySelector(".strip");
  const text = [...new Set(messages.values())].filter(Boolean).join(" · ");
  if (strip.textContent !== text) strip.textContent = text;
  strip.hidden = !text;
  strip.classList.toggle("long", text.length > Number(strip.dataset.long));
}

// The page itself, while there is no socket, and now and then: what it says is heard as a board.

async function refetch() {
  const page = await thisPage();
  const fresh = page?.getElementById("wall");
  if (!fresh) return false;
  if (isAnother(page) && voice.isIdle && !controls.isOpen) location.reload();
  wall.dataset.pass = fresh.dataset.pass;
  const now = JSON.parse(page.getElementById("facts").textContent);
  setClock(now);
  voice.learn(now.speech);
  const isOther = replaceOthers(fresh, now.boards);
  for (const board of now.boards) {
    hear({ ...board, html: fresh.querySelector(`#panel-${CSS.escape(board.department)}`).outerHTML });
  }
  if (isOther) line.renew();
  return true;
}

// A new version of our own files has other names.
function isAnother(page) {
  const files = (of) =>
    [...of.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) =>
      one.getAttribute(one.src ? "src" : "href"),
    );
  return files(page).join() !== files(document).join();
}

// Departments that came or went since the page was made. What was called in one before it came is
// no news here.
function replaceOthers(fresh, boards) {
  const codes = (of) => [...of.querySelectorAll(".panel")].map((panel) => panel.id).join();
  if (codes(fresh) === codes(wall)) return false;
  for (const board of boards) if (!panelOf(board.department)) calls.learn(board);
  const panels = document.importNode(fresh.querySelector(".panels"), true);
  wall.querySelector(".panels").replaceWith(panels);
  const shown = new Set([...panels.querySelectorAll(".panel")].map((panel) => panel.id));
  for (const code of messages.keys()) if (!shown.has(`panel-${code}`)) messages.delete(code);
  return true;
}

// The clock shows the time of the clinic, whatever the machine believes, in the page's language.

let ahead = 0;

function setClock({ now }) {
  ahead = new Date(now) - Date.now();
}

function showClock() {
  const now = new Date(Date.now() + ahead);
  const shown = wall.querySelector(".wall-clock time");
  const time = clock(now, facts.zone);
  if (shown.textContent === time) return;
  shown.textContent = time;
  shown.dateTime = now.toISOString();
}

// Sound

function showBlocked() {
  wall.querySelector(".badge-blocked").hidden = !voice.isBlocked;
  if (!voice.isBlocked) wall.querySelector(".start").hidden = true;
}

async function start() {
  stayAwake().ask();
  wall.addEventListener("blocked", showBlocked);
  for (const touch of ["pointerup", "keydown"]) {
    addEventListener(touch, () => voice.isBlocked && voice.start());
  }
  voice.muted = display.muted;
  if (await voice.start()) return;
  wall.querySelector(".start").hidden = false;
  setTimeout(() => (wall.querySelector(".start").hidden = true), OFFERED_FOR);
}

for (const board of facts.boards) {
  calls.learn(board);
  versions.accept(board);
  messages.set(board.department, board.message);
}
showMessages();
setClock(facts);
setInterval(showClock, 1_000);
setInterval(() => refetch().catch(away), LOOKS_ANEW_EVERY);
const line = follow(wall, { heard: hear, refetch });
document.body.classList.add("live");
start();

// The socket, or its silence, tells how old the wall is: this was only an extra look.
function away(why) {
  console.info(`The page could not be fetched: ${why.message}`);
}
