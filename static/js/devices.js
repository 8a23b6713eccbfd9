// The list of devices renews itself, and takes no name out of the hands of whoever types one.

import { morph } from "./morph.js";

const EVERY = 5_000; // milliseconds
const list = document.getElementById("devices");

async function renew() {
  if (document.hidden) return;
  try {
    const answer = await fetch(list.dataset.here, { cache: "no-store", signal: AbortSignal.timeout(4_000) });
    if (answer.redirected || answer.status === 403) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("devices");
    if (fresh) morph(list, fresh);
  } catch (error) {
    console.warn("the list could not be renewed:", error.message);
  }
}

setInterval(renew, EVERY);
