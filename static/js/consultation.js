// What is written is sent as one goes, by htmx; here is what it needs besides: lines that come and
// go without the page, patience with the network, and no press that overtakes what is on its way.
/* global htmx */
const form = document.querySelector("#write");
const TRIED_AGAIN_AFTER = 5_000;
let sending = false;
let unsent = false; // typed, and not on the server

const saved = () => document.querySelector("#saved");

form.addEventListener("input", () => {
  unsent = true;
  saved().classList.add("waits");
});

form.addEventListener("htmx:beforeRequest", () => {
  sending = true;
  unsent = false; // what is typed from here on is not in it
});
form.addEventListener("htmx:beforeSwap", ({ detail }) => {
  detail.shouldSwap &&= detail.xhr.responseText.includes('id="saved"'); // else logged out meanwhile
});
form.addEventListener("htmx:afterRequest", ({ detail }) => {
  sending = false;
  if (!detail.successful || !detail.xhr.responseText.includes('id="saved"')) lost();
});

function lost() {
  unsent = true;
  const place = saved();
  place.classList.add("refused");
  place.lastChild.textContent = ` ${form.dataset.lost}`;
  setTimeout(() => unsent && !sending && htmx.trigger(form, "save-now"), TRIED_AGAIN_AFTER);
}

// A button waits for what is on its way: it would be taken for another window's.
form.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (submitter?.matches("[data-lines]")) {
    event.preventDefault();
    changeLines(submitter);
  } else if (sending) {
    event.preventDefault();
    form.addEventListener("htmx:afterRequest", () => setTimeout(() => form.requestSubmit(submitter)), { once: true });
  } else {
    unsent = false;
  }
});

async function changeLines(button) {
  const data = new FormData(form, button);
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return lost();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#lines");
  document.querySelector("#lines").replaceWith(fresh);
  const lines = [...fresh.querySelectorAll(".line")];
  const at = button.name === "remove" ? Number(button.value) : lines.length - 1;
  lines[Math.min(at, lines.length - 1)].querySelector("input").focus();
  if (button.name === "remove") htmx.trigger(form, "save-now");
}

addEventListener("beforeunload", (event) => {
  if (unsent && saved().classList.contains("refused")) event.preventDefault();
});
