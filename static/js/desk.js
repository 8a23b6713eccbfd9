// The desk follows its department: told that something moved, it fetches its own living part and
// morphs it in. Its forms are sent by htmx and bring the same part back.
/* global htmx */
import { ringFor } from "./alarm.js";
import { listenToKeys } from "./keys.js";
import { follow } from "./live.js";
import { morph } from "./morph.js";
import { actOnce } from "./once.js";

const AT_MOST_EVERY = 250; // milliseconds between two fetches
const AFTER_FAILURE = 2_000;
const AIMING_TAKES = 300; // from seeing to pressing
const LONG_ENOUGH = 8_000; // to read what was done
const TRUE_FOR = 30_000; // waiting times move, though nothing happens that would be told

const living = document.querySelector(".living");
const desk = document.querySelector("#desk");
const found = document.querySelector("#found");
const search = document.querySelector("#search");
const told = document.querySelector("#told");
const once = actOnce(living);

let fetching = false;
let wanted = false;
let answers = 0; // how often a form of ours brought the desk back
let shownAt = performance.now();
let movedAt = -Infinity;
let pressing = false;
let going = 0;

const announce = (text) => { told.textContent = text; };

// What to show --------------------------------------------------------------------------------

function show(fresh, { mine = false, form = null } = {}) {
  const refused = fresh.querySelector(".message.warning");
  const settled = mine && !refused ? form : null;
  if (settled) sentBy.closest("details[name=menu]")?.removeAttribute("open"); // another stays open
  const before = underThePointer();
  const gone = morph(desk, fresh, { settled, keep: (node) => !mine && node.id === "said" });
  for (const name of ["pass", "day", "seq"]) if (fresh.dataset[name]) desk.dataset[name] = fresh.dataset[name];
  if (mine) letGo(refused);
  shownAt = performance.now();
  line.clock.set(0);
  if (!mine && underThePointer() !== before) movedAt = shownAt;
  htmx.process(desk);
  ringFor(desk.querySelector("#alarm"));
  if (gone && mine && desk.querySelector("#mine-label")?.textContent === gone) {
    desk.querySelector("#next-button")?.focus();
  } else if (gone && !mine) {
    announce(living.dataset.gone.replace("{label}", gone));
  }
  if (search?.value.trim()) htmx.trigger("#find", "found-again");
}

// What was done goes by itself, since the page shows it too; who stood in the way stays.
function letGo(refused) {
  clearTimeout(going);
  if (!refused) going = setTimeout(() => desk.querySelector("#said").replaceChildren(), LONG_ENOUGH);
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
  desk.querySelector("#said").replaceChildren(message, close);
}

// Our own forms -------------------------------------------------------------------------------

htmx.defineExtension("living", {
  handleSwap(style, target, fragment) {
    if (found && target === found) {
      morph(found, fragment);
      announce(found.querySelector("h2")?.textContent ?? "");
      return [found];
    }
    const fresh = fragment.querySelector("#desk");
    if (!fresh) location.reload(); // logged out meanwhile: the page says so
    else show(fresh, { mine: true, form: sentForm });
    answers += 1;
    return [desk];
  },
});
let sentForm = null;
let sentBy = null; // its button, or the form itself
living.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.id === "find") return;
  sentForm = detail.elt;
  sentBy = detail.requestConfig.triggeringEvent?.submitter ?? sentForm;
});
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  living.addEventListener(failure, (event) => {
    if (event.detail.elt.id !== "find") say(living.dataset.lost);
  });
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
    const fresh = await fetchDesk();
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

async function fetchDesk() {
  const headers = { "HX-Request": "true", "X-By-Itself": "1" }; // nobody need sit before it
  const signal = AbortSignal.timeout(8_000);
  const answer = await fetch(desk.dataset.here, { headers, cache: "no-store", signal });
  if (answer.redirected || answer.status === 403 || answer.status === 404) location.reload();
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#desk");
}

function heard({ day, seq }) {
  const isKnown = desk.dataset.day === day && Number(desk.dataset.seq) >= seq;
  if (!isKnown) refresh();
}

const line = follow(desk, { heard, refetch: refresh, isBehind: () => wanted || fetching });
desk.addEventListener("age", ({ detail }) => {
  living.dataset.age = detail;
  document.querySelector("#stale").hidden = detail !== "stale";
});
document.addEventListener("visibilitychange", () => wanted && refresh());
setInterval(() => wanted || performance.now() - shownAt < TRUE_FOR || refresh(), 1_000);

// Nothing moves under a finger that is down, and a press that was aimed at what stood there a
// moment ago does not hit what stands there now.
let aimedTooEarly = false;
let mouse = null;
addEventListener("pointermove", ({ pointerType, clientX, clientY }) => {
  mouse = pointerType === "mouse" ? [clientX, clientY] : null;
});

// The row that a press would hit; of a finger nobody knows where it will land.
function underThePointer() {
  if (mouse) return document.elementFromPoint(...mouse)?.closest("[data-row]")?.id;
  return [...desk.querySelectorAll(".rows [data-row]")].map(({ id }) => id).join();
}
addEventListener("pointerdown", () => {
  pressing = true;
  aimedTooEarly = performance.now() - movedAt < AIMING_TAKES;
}, { capture: true });
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(() => { pressing = aimedTooEarly = false; }));
}
addEventListener("click", (event) => {
  if (!aimedTooEarly || !event.target.closest(".rows button")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(living.dataset.moved);
}, { capture: true });

// Small things --------------------------------------------------------------------------------

addEventListener("click", ({ target }) => {
  if (target.closest("[data-dismiss]")) desk.querySelector("#said").replaceChildren();
  for (const menu of document.querySelectorAll("details[name=menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});
addEventListener("toggle", ({ target }) => {
  if (target.name === "menu" && target.open) target.lastElementChild.scrollIntoView({ block: "nearest" });
}, { capture: true });
listenToKeys({ announce });
ringFor(desk.querySelector("#alarm"));
