// The day's appointments follow their departments: told that something moved, the page fetches its
// own living part and morphs it in. Its forms are sent by htmx and bring the same part back.
/* global htmx */
import { listenToKeys } from "./keys.js";
import { follow } from "./live.js";
import { morph } from "./morph.js";
import { actOnce } from "./once.js";

const AT_MOST_EVERY = 250; // milliseconds between two fetches
const AFTER_FAILURE = 2_000;
const AIMING_TAKES = 300; // from seeing to pressing
const LONG_ENOUGH = 8_000; // to read what was done
const TRUE_FOR = 30_000; // who is late grows by itself

const living = document.querySelector(".living");
const agenda = document.querySelector("#agenda");
const told = document.querySelector("#told");
const once = actOnce(living);
const SHOWN = ["pass", "here", "versions"]; // what the part says of itself

let fetching = false;
let wanted = false;
let answers = 0; // how often a form of ours brought the day back
let shownAt = performance.now();
let movedAt = -Infinity;
let pressing = false;
let going = 0;
let sentForm = null;

// What to show --------------------------------------------------------------------------------

function show(fresh, { mine = false } = {}) {
  const refused = fresh.querySelector(".message.warning");
  const settled = mine && !refused ? sentForm : null;
  if (settled) for (const menu of settled.querySelectorAll("details[open]")) menu.open = false;
  const before = rows();
  const gone = morph(agenda, fresh, { settled, keep: (node) => !mine && node.id === "said" });
  for (const name of SHOWN) agenda.dataset[name] = fresh.dataset[name];
  if (mine) letGo(refused);
  shownAt = performance.now();
  line.clock.set(0);
  if (!mine && rows() !== before) movedAt = shownAt;
  htmx.process(agenda);
  if (gone && !mine) told.textContent = living.dataset.gone.replace("{label}", gone);
}

const rows = () => [...agenda.querySelectorAll("[data-row]")].map(({ id }) => id).join();

// What was done goes by itself, since the page shows it too; who stood in the way stays.
function letGo(refused) {
  clearTimeout(going);
  if (!refused) going = setTimeout(() => agenda.querySelector("#said").replaceChildren(), LONG_ENOUGH);
}

function say(text) {
  clearTimeout(going);
  const message = document.createElement("ul");
  message.className = "messages";
  message.innerHTML = '<li class="message warning"></li>';
  message.firstChild.textContent = text;
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "quiet dismiss", textContent: "✕" });
  close.dataset.dismiss = "";
  close.ariaLabel = living.dataset.close;
  agenda.querySelector("#said").replaceChildren(message, close);
}

// Our own forms -------------------------------------------------------------------------------

htmx.defineExtension("living", {
  handleSwap(style, target, fragment) {
    const fresh = fragment.querySelector("#agenda");
    if (!fresh) location.reload(); // logged out meanwhile: the page says so
    else show(fresh, { mine: true });
    answers += 1;
    return [agenda];
  },
});
living.addEventListener("htmx:beforeRequest", ({ detail }) => { sentForm = detail.elt; });
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  living.addEventListener(failure, () => say(living.dataset.lost));
}

// What others do ------------------------------------------------------------------------------

async function refresh() {
  wanted = true;
  if (document.hidden || fetching || once.isSending) return false;
  fetching = true;
  wanted = false;
  let next = AT_MOST_EVERY;
  try {
    const before = answers;
    const fresh = await fetchDay();
    if (fresh && (answers !== before || once.isSending || pressing)) wanted = true;
    else if (fresh) show(fresh);
    return Boolean(fresh) && !wanted;
  } catch {
    wanted = true; // the network is away: the age of the page goes on growing, and says so
    next = AFTER_FAILURE;
    return false;
  } finally {
    fetching = false;
    if (wanted) setTimeout(() => wanted && refresh(), next);
  }
}

async function fetchDay() {
  const headers = { "HX-Request": "true", "X-By-Itself": "1" }; // nobody need sit before it
  const signal = AbortSignal.timeout(8_000);
  const answer = await fetch(agenda.dataset.here, { headers, cache: "no-store", signal });
  if (answer.redirected || answer.status === 403 || answer.status === 404) location.reload();
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#agenda");
}

// Each department has a ledger of its own; the page says of each how far it has read.
function heard({ department, day, seq }) {
  const shown = agenda.dataset.versions.split(", ").map((one) => one.split(" "));
  const known = shown.some(([code, of, to]) => code === department && of === day && Number(to) >= seq);
  if (!known && seq) refresh();
}

const line = follow(agenda, { heard, refetch: refresh, isBehind: () => wanted || fetching });
agenda.addEventListener("age", ({ detail }) => {
  living.dataset.age = detail;
  document.querySelector("#stale").hidden = detail !== "stale";
});
document.addEventListener("visibilitychange", () => wanted && refresh());
setInterval(() => wanted || performance.now() - shownAt < TRUE_FOR || refresh(), 1_000);

// Nothing moves under a finger that is down, and a press that was aimed at what stood there a
// moment ago does not hit what stands there now.
let aimedTooEarly = false;
addEventListener("pointerdown", () => {
  pressing = true;
  aimedTooEarly = performance.now() - movedAt < AIMING_TAKES;
}, { capture: true });
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(() => { pressing = aimedTooEarly = false; }));
}
addEventListener("click", (event) => {
  if (!aimedTooEarly || !event.target.closest("[data-row] button")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(living.dataset.moved);
}, { capture: true });

// Small things --------------------------------------------------------------------------------

addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) print();
  if (target.closest("[data-dismiss]")) agenda.querySelector("#said").replaceChildren();
  for (const menu of document.querySelectorAll("details[name=menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});
listenToKeys({ announce: (text) => { told.textContent = text; } });
addEventListener("toggle", ({ target }) => {
  if (target.name === "menu" && target.open) target.lastElementChild.scrollIntoView({ block: "nearest" });
}, { capture: true });
