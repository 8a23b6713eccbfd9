// A screen that waits to be let in: it asks for its code by itself, looks whether somebody approved
// it, and then comes for its screen.

const LOOKS_EVERY = 2_000; // milliseconds
const TRIES_AGAIN_AFTER = 20_000;
const LONGEST = 8_000;

const page = document.getElementById("pairing");
const form = page.querySelector("form[data-at-once]");

// Where the answer leads: to this very address, as it was opened, or to the screen of another clinic.
async function send() {
  try {
    const signal = AbortSignal.timeout(LONGEST);
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), signal });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const isPairing = new URL(answer.url).pathname.startsWith("/pair/");
    if (isPairing || new URL(answer.url).pathname === location.pathname) location.reload();
    else location.replace(answer.url);
  } catch (error) {
    console.warn("the server did not let this screen ask:", error.message);
    setTimeout(send, TRIES_AGAIN_AFTER);
  }
}

async function look() {
  try {
    const signal = AbortSignal.timeout(LONGEST);
    const answer = await fetch(page.dataset.asks, { cache: "no-store", signal });
    if (answer.ok && (await answer.json()).stage !== page.dataset.stage) return location.reload();
  } catch (error) {
    console.warn("the server does not answer:", error.message);
  }
  setTimeout(look, LOOKS_EVERY);
}

if (form) send();
else setTimeout(look, LOOKS_EVERY);
