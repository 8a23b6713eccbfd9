/* Pages come by fetch and take the place of the one before, in one document that is never left.

   So an answer that does not come shows our own words instead of the browser's, a second tap while
   the first is on its way does nothing, and 'back' asks the server anew: no page of the patient
   before is kept anywhere for it to bring up. */

const LONGEST = 6000; // milliseconds that an answer may take
const PAUSE = 1200; // before the one more try; every form of the kiosk may be sent twice
let busy = false;
let wentBack = false; // while an answer was on its way: it is no longer what is asked for
let told = Promise.resolve();

export const isBusy = () => busy;

/* Show what is at an address, or what the server answers to a form. */
export async function show(address, sent = {}, { isBack = false } = {}) {
  if (busy) {
    wentBack ||= isBack;
    return;
  }
  busy = true;
  document.documentElement.classList.add("busy");
  try {
    await told; // one at a time, so that the later answer is the one that is kept
    const answer = await asked(address, sent).catch(() => later(() => asked(address, sent)));
    if (answer.status === 403) return location.replace(startAddress()); // the form was too old
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.body.classList.contains("kiosk")) throw new Error(`answered ${answer.status}`);
    if (!wentBack) put(page, answer.url, isBack);
  } catch (error) {
    console.warn("the kiosk's server cannot be reached:", error.message);
    document.dispatchEvent(new Event("kiosk:unreachable"));
  } finally {
    busy = false;
    document.documentElement.classList.remove("busy");
  }
  if (wentBack) {
    wentBack = false;
    await show(location.href, {}, { isBack: true });
  }
}

export function send(form, button = null) {
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  return show(address, { method: "POST", body: new FormData(form, button) });
}

/* Tell the server something that changes nothing on the screen. */
export function tell(address, body) {
  told = asked(address, { method: "POST", body }).catch((error) => {
    console.warn("the kiosk's server did not hear of it:", error.message);
  });
}

/* Whoever was here is gone: the server forgets them and the first page comes. */
export const startAgain = () => send(document.getElementById("start-again"));

export const startAddress = () => new URL("..", document.getElementById("start-again").action).href;

function asked(address, sent) {
  return fetch(address, { cache: "no-store", ...sent, signal: AbortSignal.timeout(LONGEST) });
}

const later = (act) => new Promise((ready) => setTimeout(ready, PAUSE)).then(act);

function put(page, address, isBack) {
  if (assets(page) !== assets(document)) return location.replace(address); // we were updated
  const { documentElement: root } = document;
  root.lang = page.documentElement.lang;
  root.dir = page.documentElement.dir;
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  if (isBack || address === location.href) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  scrollTo(0, 0);
  (document.querySelector("main [autofocus]") ?? document.getElementById("main")).focus();
  document.dispatchEvent(new Event("kiosk:page"));
}

const assets = (page) =>
  [...page.head.querySelectorAll("link[rel=stylesheet], script[src]")]
    .map((one) => one.getAttribute("href") ?? one.getAttribute("src"))
    .join();

document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.classList.contains("skip") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(link.href);
});
addEventListener("popstate", () => show(location.href, {}, { isBack: true }));
addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace(startAddress()); // brought back from memory: not from there
});
document.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press
