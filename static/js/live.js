// Follows the server: told at once by socket, asking by itself while there is none, and never
// silent about how old the page is.
//
// The element that is followed carries `data-pass`, what its page may hear. While no socket is
// open the page is fetched again every few seconds, which also brings a new pass.
//
// Before the `~` of a pass stand the epochs of its clinics. A hospital that was restored from a backup
// has another: what the page was told may never have happened, so it drops it all and loads anew.

import { digits } from "./digits.js";

const RECONNECT = { first: 500, last: 5_000 }; // milliseconds
const POLL = 4_000;
const SENT_AWAY = 4001; // how the server closes the sockets of somebody whose rights changed
const SILENT = 9_000; // three heartbeats: the line is dead, whatever the browser says
const AMBER = 15; // seconds
const STALE = 60;

// `isBehind` tells of a page that was told of something and does not show it yet.
export function follow(element, { heard, refetch, isBehind = () => false }) {
  const line = new Line(element, { heard, refetch, isBehind });
  line.open();
  return line;
}

class Line {
  constructor(element, page) {
    Object.assign(this, { element, ...page });
    this.epochs = new Set();
    this.clock = new Age(element);
    this.wait = RECONNECT.first;
    setInterval(() => this.tick(), 1_000);
    for (const event of ["online", "pageshow", "focus"]) addEventListener(event, () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  open() {
    clearTimeout(this.again);
    const { pass } = this.element.dataset;
    const epochs = pass.split("~")[0].split(".").filter(Boolean);
    if (this.epochs.size && epochs.length && !epochs.some((one) => this.epochs.has(one))) {
      return location.reload();
    }
    for (const one of epochs) this.epochs.add(one);
    const address = new URL("/live/", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    address.searchParams.set("pass", pass);
    const socket = (this.socket = new WebSocket(address));
    this.heardAt = Date.now();
    socket.onmessage = ({ data }) => socket === this.socket && this.hear(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.socket && this.ended(code);
  }

  // The page may hear other departments than before.
  renew() {
    const before = this.socket;
    this.open();
    before?.close();
  }

  hear(told) {
    this.heardAt = Date.now();
    this.wait = RECONNECT.first;
    this.pollsAt = undefined;
    if (told.epoch && !this.epochs.has(told.epoch)) return location.reload();
    if (told.is === "closed") return location.reload(); // only paired walls are shown what it showed
    if (told.is !== "beat") this.heard(told);
    if (this.isBehind()) return;
    const age = told.is === "beat" ? told.age : 0;
    if (age !== null) this.clock.set(age); // null: the server does not know it yet
  }

  // What this page may show has changed: it is asked for anew, and is itself, a log-in or a refusal.
  ended(code) {
    if (code !== SENT_AWAY) return this.lost();
    this.socket = null;
    location.reload();
  }

  lost() {
    this.socket = null;
    // A server that comes back is not asked by all of its screens together.
    this.pollsAt ??= Date.now() + Math.random() * POLL;
    this.pollInTime();
    this.again = setTimeout(() => this.open(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, RECONNECT.last);
  }

  // A network that went away does not close a socket: silence tells.
  tick() {
    this.clock.show();
    if (this.socket && Date.now() - this.heardAt > SILENT) {
      const dead = this.socket;
      this.lost();
      dead.close();
    } else if (!this.socket) {
      this.pollInTime();
    }
  }

  // Back from a sleep, or from another tab: do not wait for the next try.
  hurry() {
    this.tick();
    if (!this.socket) {
      this.wait = RECONNECT.first;
      this.open();
    }
  }

  pollInTime() {
    if (Date.now() >= this.pollsAt) this.poll();
  }

  async poll() {
    if (this.polling) return;
    this.polling = true;
    this.pollsAt = Date.now() + POLL;
    try {
      if (await this.refetch()) this.clock.set(0);
    } catch {
      // The network is away: the age goes on growing, which is what the screen shows.
    } finally {
      this.polling = false;
    }
  }
}

// How old the page is, by a clock that nobody sets; a lid that was closed counts too.
class Age {
  constructor(element) {
    this.element = element;
    this.set(0);
  }

  set(age) {
    this.age = age;
    this.since = performance.now();
    this.sinceByDay = Date.now();
    this.show();
  }

  get now() {
    const awake = performance.now() - this.since;
    const byDay = Date.now() - this.sinceByDay;
    return this.age + Math.max(awake, byDay) / 1000;
  }

  show() {
    const age = this.now;
    const state = age >= STALE ? "stale" : age >= AMBER ? "amber" : "fresh";
    if (this.element.dataset.age !== state) {
      this.element.dataset.age = state;
      this.element.dispatchEvent(new CustomEvent("age", { detail: state }));
    }
    for (const shown of document.querySelectorAll("[data-seconds-old]")) {
      shown.textContent = digits(Math.round(age));
    }
  }
}

// Fetches this page anew; null while the server cannot be reached.
export async function thisPage() {
  const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(8_000) });
  if (answer.status === 403) location.reload(); // it is no longer this page's to show
  if (!answer.ok && answer.status !== 410) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// A board that is older than the one that is shown comes from another process, which is behind.
export class Versions {
  #newest = new Map();

  accept({ department, day, seq }) {
    const shown = this.#newest.get(department);
    // Days are texts like 2030-01-31, which stand in the order of time.
    if (shown && (day < shown.day || (day === shown.day && seq < shown.seq))) return false;
    this.#newest.set(department, { day, seq });
    return true;
  }
}
