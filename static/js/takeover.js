// A call that takes the screen: so large that it is read from the last seat, and never larger
// than fits. Capitals need 20 mm of height for each metre of distance.

const MM_A_METRE = 20;
const MM_AN_INCH = 25.4;
const SAMPLE = { label: "A-000", counter: "00" };
// Of the font's size, as in wall.css: the height of a line, the room around the counter in its
// tile, and the room between the two where they stand side by side.
const LINE = 1.1;
const AROUND = 0.3;
const APART = 0.4;

export class Takeover {
  constructor(element, display) {
    Object.assign(this, { element, display });
    this.room = element.querySelector(".takeover-room");
    this.title = element.querySelector("h2");
    this.label = element.querySelector(".takeover-label");
    this.counter = element.querySelector(".takeover-counter");
    addEventListener("resize", () => this.element.hidden || this.#fit());
  }

  show({ title, label, counter }) {
    this.title.textContent = title;
    this.label.textContent = label;
    this.counter.textContent = counter;
    this.element.hidden = false;
    this.#fit();
  }

  hide() {
    this.element.hidden = true;
  }

  #fit() {
    const call = { label: this.label.textContent, counter: this.counter.textContent };
    const box = this.room.getBoundingClientRect();
    const caption = this.room.querySelector("small").getBoundingClientRect().height;
    const fitting = largest(box, caption, measured(this.label, call));
    const asked = wanted(this.display, measured(this.label, call).capital);
    this.room.dataset.stands = fitting.stands;
    this.room.style.fontSize = `${Math.min(asked, fitting.size)}px`;
  }

  // What a diagonal and a distance come to on this screen, for the settings to say.
  reach(display) {
    const shape = measured(this.label, SAMPLE);
    const unit = innerHeight / 100;
    const box = { width: innerWidth * 0.94, height: innerHeight - 26 * unit };
    const { size } = largest(box, 6 * unit, shape);
    const shown = Math.min(wanted(display, shape.capital), size);
    const mm = (shown * shape.capital) / pixelsAMillimetre(display.diagonal);
    return { mm, metres: mm / MM_A_METRE };
  }
}

function pixelsAMillimetre(diagonal) {
  return Math.hypot(innerWidth, innerHeight) / (diagonal * MM_AN_INCH);
}

// The font size at which capitals are as tall as the distance asks; no bound where it is unknown.
function wanted({ diagonal, distance }, capital) {
  if (!diagonal || !distance) return Infinity;
  return (MM_A_METRE * distance * pixelsAMillimetre(diagonal)) / capital;
}

// How tall a capital and how wide both texts are, for each pixel of the font's size.
function measured(element, { label, counter }) {
  const { fontFamily, fontWeight } = getComputedStyle(element);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${fontWeight} 1000px ${fontFamily}`;
  return {
    capital: pen.measureText("H").actualBoundingBoxAscent / 1000,
    label: pen.measureText(label).width / 1000,
    counter: pen.measureText(counter).width / 1000,
  };
}

// One above the other, or side by side: whichever is larger in this box.
function largest({ width, height }, caption, { label, counter }) {
  const tile = counter + AROUND;
  const above = Math.min(width / Math.max(label, tile), (height / 2 - caption) / LINE);
  const beside = Math.min(width / (label + APART + tile), (height - caption) / LINE);
  return above > beside ? { size: above, stands: "above" } : { size: beside, stands: "beside" };
}
