// One press, one act. While a form is on its way every other press waits for nothing and does
// nothing; and for a moment after its answer the same press again, by key or in the same place, is
// the second half of a double click, which would hit the button that took the first's place.

const A_MOMENT = 500; // milliseconds
const NEARBY = 24; // pixels
const acts = (form) => form?.elements?.once;

export function actOnce(living) {
  let sent = null; // the button that was pressed
  let pressed = {}; // how it was pressed: by which key, or where
  let last = {};
  let answeredAt = -Infinity;

  const isAgain = () =>
    last.key ? last.key === pressed.key : Math.hypot(last.x - pressed.x, last.y - pressed.y) < NEARBY;
  const isTooSoon = () => sent || (performance.now() - answeredAt < A_MOMENT && isAgain());
  const ignore = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  addEventListener("pointerdown", ({ clientX, clientY }) => { last = { x: clientX, y: clientY }; }, { capture: true });
  addEventListener("keydown", (event) => {
    last = { key: event.key };
    // A key that is held down presses once.
    if (event.repeat && event.key === "Enter" && event.target.closest?.("form, [data-row]")) ignore(event);
  }, { capture: true });

  addEventListener("submit", (event) => {
    if (!acts(event.target)) return;
    if (isTooSoon()) return ignore(event);
    pressed = last;
    sent = event.submitter ?? event.target;
    sent.setAttribute("aria-disabled", "true");
    living.setAttribute("aria-busy", "true");
  }, { capture: true });

  addEventListener("htmx:afterRequest", (event) => {
    if (!acts(event.detail.requestConfig.elt)) return;
    sent?.removeAttribute("aria-disabled");
    living.removeAttribute("aria-busy");
    sent = null;
    answeredAt = performance.now();
  });

  return { get isSending() { return sent !== null; } };
}
