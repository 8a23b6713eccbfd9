// Desk, doctor's day and the day's appointments by keyboard. Which letter does what stands in `aria-keyshortcuts` on the buttons, so
// that a language can choose its own; here is only where a letter looks for its button.

const KEPT = "single keys"; // switched off on this device (WCAG 2.1.4)
const ROW = "[data-row]";

export function listenToKeys({ announce }) {
  const dialog = document.querySelector("#keys");
  const isOn = document.querySelector("#keys-on");
  isOn.checked = localStorage.getItem(KEPT) !== "off";
  const mark = () => document.documentElement.classList.toggle("no-keys", !isOn.checked);
  isOn.addEventListener("change", () => {
    localStorage.setItem(KEPT, isOn.checked ? "on" : "off");
    mark();
  });
  mark();
  document.querySelector("#show-keys").addEventListener("click", () => dialog.showModal());

  addEventListener("keydown", (event) => {
    if (event.key === "Escape") return dialog.open || goBack(event);
    const isOurs = isOn.checked && !dialog.open && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isOurs || event.repeat && !event.key.startsWith("Arrow") || isTyping(event.target)) return;
    if (press(event, announce)) event.preventDefault();
  });
}

function press(event, announce) {
  const at = document.activeElement;
  if (event.key === "Enter" && !at.matches(ROW)) return false; // a button is pressed by the browser
  if (event.key === "ArrowDown") return step(1);
  if (event.key === "ArrowUp") return step(-1);
  const letter = letterOf(event).toUpperCase();
  const { down, up } = document.querySelector("#keys").dataset;
  if (letter === down || letter === up) return step(letter === down ? 1 : -1);
  const button = buttonOf(letter, at.closest(ROW));
  if (!button) return false;
  if (button.disabled) {
    announce(document.getElementById(button.getAttribute("aria-describedby"))?.textContent ?? "");
  } else if (button.localName === "input") {
    button.focus();
    button.select();
  } else {
    button.click();
  }
  return true;
}

// By what is written on the key; where that is another script, by its place on the board.
function letterOf({ key, code }) {
  const isLatin = /^[\x20-\x7e]$/.test(key);
  return isLatin || key.length > 1 ? key : code.replace(/^Key/, "");
}

// The row that one has moved to, then my counter, then what is there once on the page.
function buttonOf(letter, row) {
  const wants = (button) =>
    button.getAttribute("aria-keyshortcuts").toUpperCase().split(" ").includes(letter);
  const within = (place) =>
    [...(place?.querySelectorAll("[aria-keyshortcuts]") ?? [])].find(wants);
  const alone = [...document.querySelectorAll("[aria-keyshortcuts]")].filter(
    (button) => button.hasAttribute("data-anywhere") || !button.closest(`${ROW}, .counter`),
  );
  return within(row) ?? within(document.querySelector("#mine")) ?? alone.find(wants);
}

function step(by) {
  const rows = [...document.querySelectorAll(ROW)];
  const now = rows.indexOf(document.activeElement.closest(ROW));
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by;
  rows[next]?.focus();
  return rows.length > 0;
}

// Esc: close what is open, else clear the search, else away with the message, else to the button.
function goBack(event) {
  const at = document.activeElement;
  const menu = at.closest("details[open]") ?? document.querySelector("details[name=menu][open]");
  const search = document.querySelector("#search");
  const said = document.querySelector("#said");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (search?.value) {
    search.value = "";
    document.querySelector("#found").replaceChildren();
  } else if (said.textContent.trim()) {
    said.replaceChildren();
  } else {
    document.querySelector("#next-button:enabled")?.focus();
  }
  event.preventDefault();
}

function isTyping(target) {
  const field = target.closest?.("input, select, textarea, [contenteditable]");
  return Boolean(field) && !["checkbox", "radio", "button"].includes(field.type);
}
