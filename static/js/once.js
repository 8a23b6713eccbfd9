// One press, one act. While a form is on its way, and for a moment after its answer came, presses
// are ignored: the second click of a double click would hit the button that took the first's place.

const A_MOMENT = 500; // milliseconds
const acts = (form) => form?.elements?.once;

export function actOnce(living) {
  let sent = null; // the button that was pressed
  let answeredAt = -Infinity;

  const isTooSoon = () => sent || performance.now() - answeredAt < A_MOMENT;
  const ignore = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  addEventListener("submit", (event) => {
    if (!acts(event.target)) return;
    if (isTooSoon()) return ignore(event);
    sent = event.submitter ?? event.target;
    sent.setAttribute("aria-disabled", "true");
    living.setAttribute("aria-busy", "true");
  }, { capture: true });

  // A key that is held down presses once.
  addEventListener("keydown", (event) => {
    if (event.repeat && event.key === "Enter" && event.target.closest?.("form, [data-row]")) ignore(event);
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
