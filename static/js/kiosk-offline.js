/* The server cannot be reached: say so, remove what was typed, and begin again once it can.
   Nothing is made up meanwhile: a number comes from the server or not at all. */
import { isBusy, startAddress, startAgain } from "./kiosk-pages.js";

const LOOKS_EVERY = 15_000; // while nobody is there; each step of a patient is a look by itself
const TRIES_EVERY = 4_000;
const LONGEST = 5_000;

const notice = () => document.getElementById("not-connected");
const hasSomebody = () => "idle" in document.getElementById("main").dataset;

async function answers() {
  const here = document.getElementById("still-there").dataset.here;
  try {
    const answer = await fetch(here, { cache: "no-store", signal: AbortSignal.timeout(LONGEST) });
    if (answer.status === 403) location.replace(startAddress()); // sent away: it asks to be let in
    return [204, 403].includes(answer.status);
  } catch (error) {
    console.warn("the kiosk's server does not answer:", error.message);
    return false;
  }
}

function say() {
  if (notice().open) return;
  document.getElementById("still-there").close();
  document.getElementById("main").replaceChildren(); // nobody reads over the notice's edge
  notice().showModal();
  setTimeout(retry, TRIES_EVERY);
}

async function retry() {
  if (!(await answers())) return setTimeout(retry, TRIES_EVERY);
  notice().close();
  await startAgain();
}

/* Twice, so that a moment without Wi-Fi sends nobody away. */
async function look() {
  if (isBusy() || notice().open) return;
  if ((await answers()) || notice().open) return;
  setTimeout(async () => {
    if (!isBusy() && !notice().open && !(await answers())) say();
  }, TRIES_EVERY);
}

document.addEventListener("kiosk:unreachable", say);
addEventListener("offline", look);
setInterval(() => {
  if (!hasSomebody()) look();
}, LOOKS_EVERY);
