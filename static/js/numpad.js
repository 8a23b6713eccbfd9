/* A pad of digits for a field, in place of the keyboard that a touch screen would push up. */

const padOf = (target) => target.closest("[data-pad]");
const fieldOf = (pad) => document.getElementById(pad.dataset.pad);

function press(button, field) {
  const { digit } = button.dataset;
  const most = field.maxLength > 0 ? field.maxLength : Infinity;
  if (digit === undefined) field.value = [...field.value].slice(0, -1).join("");
  else if (field.value.length < most) field.value += digit;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.scrollLeft = field.scrollWidth;
}

document.addEventListener("pointerdown", (event) => {
  if (padOf(event.target)) event.preventDefault(); // the field keeps the focus and the cursor
});
document.addEventListener("click", (event) => {
  const pad = padOf(event.target);
  const button = event.target.closest("button");
  if (pad && button) press(button, fieldOf(pad));
});

function prepare() {
  for (const pad of document.querySelectorAll("[data-pad]")) fieldOf(pad).inputMode = "none";
}
document.addEventListener("kiosk:page", prepare);
prepare();
