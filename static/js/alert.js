// Calls a patient: the phone rings, shakes and, where it is allowed, shows a notification.
//
// Nothing is asked unprompted. The patient touches 'Tell me when I am called', which a browser
// wants before it lets a page make a sound, and reads what this phone will do and what not.

import { stayAwake } from "./awake.js";

const TONES = [880, 1108.73, 1318.51]; // a chord going up, twice
const PATTERN = [400, 150, 400, 150, 900];
const SHORT = [150];
const WISHED = "tell";

export class Alert {
  constructor(panel) {
    this.panel = panel;
    this.button = panel.querySelector("button");
    this.button.addEventListener("click", () => this.allow());
    if (sessionStorage.getItem(WISHED)) {
      // The page was left and came back: sound may need a touch again, whatever is touched.
      this.#begin();
      addEventListener("pointerdown", () => this.#begin(), { once: true });
    }
  }

  show(waiting) {
    this.panel.hidden = !waiting;
    if (!waiting) this.awake?.release();
  }

  async allow() {
    sessionStorage.setItem(WISHED, "yes");
    await this.#begin(); // the sound first: the question may be left open
    this.#chime(1);
    shake(SHORT);
    if ("Notification" in window && Notification.permission === "default") {
      await Notification.requestPermission();
      await this.#begin();
    }
  }

  async #begin() {
    this.wished = true;
    this.sound ??= new AudioContext();
    await Promise.race([this.sound.resume(), new Promise((done) => setTimeout(done, 500))]);
    if (this.#mayNotify) {
      // A phone shows notifications through a worker only; it does nothing else. Without one we
      // say that there will be none.
      const { serviceWorker } = navigator;
      this.worker ??= await serviceWorker.register(this.panel.dataset.worker).catch(() => undefined);
    }
    this.awake ??= stayAwake();
    if (!this.awake.held) await this.awake.ask();
    this.#tell();
  }

  get #mayNotify() {
    return "Notification" in window && Notification.permission === "granted";
  }

  // What will work, said as it is.
  #tell() {
    const sounds = this.sound.state === "running";
    const will = {
      "sound": sounds,
      "no-sound": !sounds,
      "shaking": "vibrate" in navigator,
      "notice": Boolean(this.worker),
      "no-notice": !this.worker,
      "awake": this.awake.held,
      "asleep": !this.awake.held,
    };
    for (const line of this.panel.querySelectorAll("[data-tells]")) {
      line.hidden = !will[line.dataset.tells];
    }
    this.panel.classList.toggle("is-on", sounds);
  }

  ring({ title, words }) {
    shake(PATTERN);
    if (!this.wished) return;
    this.#chime(2);
    this.#notify(title, words);
  }

  // Nearly their turn: only a touch.
  nudge() {
    if (this.wished) shake(SHORT);
  }

  hush() {
    this.worker?.getNotifications().then((all) => all.forEach((notice) => notice.close()));
  }

  async #chime(times) {
    if (!this.sound) return;
    await this.sound.resume();
    for (let n = 0; n < times * TONES.length; n += 1) {
      this.#tone(TONES[n % TONES.length], this.sound.currentTime + n * 0.28 + Math.floor(n / 3) * 0.5);
    }
  }

  #tone(frequency, at) {
    const tone = this.sound.createOscillator();
    const loudness = this.sound.createGain();
    tone.frequency.value = frequency;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.6, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.7);
    tone.connect(loudness).connect(this.sound.destination);
    tone.start(at);
    tone.stop(at + 0.75);
  }

  #notify(title, words) {
    const shown = { body: words, tag: "call", renotify: true, requireInteraction: true, vibrate: PATTERN };
    this.worker?.showNotification(title, shown);
  }
}

// A browser lets a page shake the phone once it has been touched, and complains before.
function shake(pattern) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(pattern);
}
