// Brings a part of the page up to date without taking anything out of the user's hands: what has
// the focus, what is typed or chosen but not sent, and what is unfolded all stay.
/* global Idiomorph */

// `settled` is a form that the server has accepted: its fields have served and start anew.
export function morph(place, fresh, { settled = null, keep = () => false } = {}) {
  const focus = new Focus();
  Idiomorph.morph(place, fresh.childNodes, {
    morphStyle: "innerHTML",
    restoreFocus: false, // ours also finds what has no id, and does not scroll
    callbacks: {
      beforeNodeMorphed: (now) => !(isTouched(now) && !settled?.contains(now)) && !keep(now),
      beforeAttributeUpdated: (name, of) => !(name === "open" && of.localName === "details"),
    },
  });
  return focus.restore();
}

function isTouched(field) {
  if (field.localName === "select") {
    const chosen = Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
    return field.selectedIndex !== chosen;
  }
  if (field.localName !== "input" || field.type === "hidden") return false;
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
}

// Where the focus is, so that it can go back there, or to the neighbour of a row that went away.
class Focus {
  constructor() {
    const at = document.activeElement;
    this.at = at === document.body ? null : at;
    this.row = this.at?.closest("[data-row]");
    this.list = this.row?.parentElement;
    this.index = this.row ? rowsOf(this.list).indexOf(this.row) : -1;
  }

  // The label of the row that the user was at and that is no longer there, if so.
  restore() {
    if (!this.at || document.activeElement === this.at) return "";
    if (this.at.isConnected && !this.at.disabled) {
      this.at.focus({ preventScroll: true });
      return "";
    }
    const gone = this.row && !this.row.isConnected;
    const others = this.list?.isConnected ? rowsOf(this.list) : [];
    const near = this.row?.isConnected ? this.row : others[Math.min(this.index, others.length - 1)];
    (near ?? document.querySelector("#next-button:enabled") ?? document.querySelector("#main")).focus();
    return gone ? this.row.querySelector(".label").textContent : "";
  }
}

const rowsOf = (list) => [...list.children].filter((child) => child.matches("[data-row]"));
