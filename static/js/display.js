// The settings of one display: its diagonal, the distance to the last seat, and its sound. The
// address says them (?diagonal=55&distance=10), or the dialog, and then this browser keeps them.

import { digits } from "./digits.js";

const KEPT = "wall";
const STIRRED_FOR = 5_000; // milliseconds that the controls stay after the last movement

export function settings() {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  const asked = new URLSearchParams(location.search);
  const number = (name) => positive(asked.get(name)) ?? positive(kept[name]);
  return { diagonal: number("diagonal"), distance: number("distance"), muted: kept.muted === true };
}

function positive(text) {
  const number = Number.parseFloat(text);
  return number > 0 && Number.isFinite(number) ? number : null;
}

// What is kept here holds from now on, also where the address said something else.
function keep(display) {
  localStorage.setItem(KEPT, JSON.stringify(display));
  const address = new URL(location.href);
  for (const name of ["diagonal", "distance"]) address.searchParams.delete(name);
  history.replaceState(null, "", address);
}

export class Controls {
  constructor(wall, display, { reach, changed }) {
    Object.assign(this, { display, reach, changed });
    this.bar = wall.querySelector(".controls");
    this.dialog = wall.querySelector(".display-settings");
    this.form = this.dialog.querySelector("form");
    this.mute = this.bar.querySelector("[data-mute]");
    this.badge = wall.querySelector(".badge-muted");
    this.bar.hidden = false;
    this.mute.onclick = () => this.#change({ muted: !this.display.muted });
    this.bar.querySelector("[data-settings]").onclick = () => this.#open();
    this.bar.querySelector("[data-fill]").onclick = () => this.#fill();
    this.form.oninput = () => this.#say();
    this.dialog.onclose = () => this.dialog.returnValue && this.#change(this.#typed());
    for (const moved of ["pointermove", "pointerdown"]) addEventListener(moved, () => this.#stir());
    this.#show();
  }

  get isOpen() {
    return this.dialog.open;
  }

  // The pointer and the controls are seen while somebody is here.
  #stir() {
    document.body.classList.add("stirred");
    clearTimeout(this.still);
    this.still = setTimeout(() => document.body.classList.remove("stirred"), STIRRED_FOR);
  }

  #open() {
    const { diagonal, distance, sound } = this.form.elements;
    diagonal.value = this.display.diagonal ?? "";
    distance.value = this.display.distance ?? "";
    sound.checked = !this.display.muted;
    this.dialog.returnValue = "";
    this.#say();
    this.dialog.showModal();
  }

  #typed() {
    const { diagonal, distance, sound } = this.form.elements;
    return {
      diagonal: positive(diagonal.value),
      distance: positive(distance.value),
      muted: !sound.checked,
    };
  }

  // How tall a call will be here, and from how far it can be read.
  #say() {
    const said = this.form.querySelector(".reach");
    const typed = this.#typed();
    if (!typed.diagonal || !typed.distance) {
      said.textContent = "";
      return;
    }
    const { mm, metres } = this.reach(typed);
    const isShort = metres < typed.distance - 0.05;
    const figures = {
      mm: digits(Math.round(mm)),
      distance: digits(typed.distance),
      reach: digits(metres.toFixed(1)),
    };
    const sentence = isShort ? said.dataset.short : said.dataset.fits;
    said.textContent = sentence.replace(/\{(\w+)\}/g, (_, name) => figures[name]);
  }

  #fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  }

  #change(settings) {
    Object.assign(this.display, settings);
    keep(this.display);
    this.#show();
    this.changed();
  }

  #show() {
    this.mute.setAttribute("aria-pressed", this.display.muted);
    this.badge.hidden = !this.display.muted;
  }
}
