// What a wall says: one queue of calls, first in, first out, and none cuts off another.
//
// A call is a chime, then the label and the counter in each language, from clips that the server
// made. Without clips there is the chime; without sound each call still has its time on screen.
// It tells of itself by events on its element: calling, chime, said, called; and blocked.

import { chime } from "./chime.js";

const SHOWN_AT_LEAST = 6_000; // milliseconds: long enough to look up, and to read it
const BETWEEN_CALLS = 500;
const BETWEEN_LANGUAGES = 0.4; // seconds

export class Voice {
  #queue = [];
  #busy = false;
  #clips = new Map(); // by address: what was played once is kept, and there are few

  constructor(element, speech, { isStillCalled, show, hide }) {
    Object.assign(this, { element, isStillCalled, show, hide });
    this.learn(speech);
    this.context = new AudioContext();
    this.out = new GainNode(this.context);
    this.out.connect(this.context.destination);
    this.context.onstatechange = () => this.tell("blocked", this.isBlocked);
  }

  // What the server can say now: perhaps in other languages, or by clips that were made anew.
  learn({ version, clips }) {
    if (version !== this.version) this.#clips.clear();
    Object.assign(this, { version, clips });
  }

  get isBlocked() {
    return this.context.state !== "running";
  }

  get isIdle() {
    return !this.#busy;
  }

  // Browsers let a page sound after a touch or a key, or when they were started so.
  async start() {
    await Promise.race([this.context.resume(), pause(1_000)]);
    this.tell("blocked", this.isBlocked);
    return !this.isBlocked;
  }

  set muted(isMuted) {
    this.out.gain.value = isMuted ? 0 : 1;
  }

  get muted() {
    return this.out.gain.value === 0;
  }

  announce(call) {
    this.#queue.push(call);
    if (!this.#busy) this.#work();
  }

  async #work() {
    this.#busy = true;
    try {
      while (this.#queue.length) {
        const call = this.#queue.shift();
        if (this.isStillCalled(call)) await this.#call(call); // who came meanwhile need not hear it
      }
    } finally {
      this.#busy = false;
      if (this.#queue.length) this.#work(); // a call that failed takes no other with it
    }
  }

  async #call(call) {
    const longEnough = pause(SHOWN_AT_LEAST);
    try {
      this.show(call);
      this.tell("calling", call);
      if (!this.muted && !this.isBlocked) await this.#sound(call);
    } finally {
      await longEnough;
      this.hide();
      this.tell("called", call);
    }
    await pause(BETWEEN_CALLS);
  }

  async #sound(call) {
    this.tell("chime", call);
    await pause(chime(this.context, this.out) * 1_000);
    for (const [language, names] of Object.entries(this.clips)) {
      if (await this.#say(language, new Set(names), call)) this.tell("said", { ...call, language });
    }
  }

  // All clips of a sentence are fetched first: a sentence with holes would say a wrong number.
  async #say(language, names, { label, counter }) {
    const words = sentence(names, label, counter);
    const clips = await Promise.all(words.map((word) => this.#clip(language, word)));
    if (!clips.every(Boolean)) return false;
    let at = this.context.currentTime + BETWEEN_LANGUAGES;
    const spoken = clips.map((buffer) => {
      const source = new AudioBufferSourceNode(this.context, { buffer });
      source.connect(this.out);
      source.start(at);
      at += buffer.duration;
      return source;
    });
    await pause((at - this.context.currentTime) * 1_000);
    for (const source of spoken) source.disconnect(); // should sound have stood still, it is over
    return true;
  }

  // The clip; nothing while the network is away, and then it is asked for again next time.
  async #clip(language, name) {
    const address = `/clips/${this.version}/${language}/${name}.wav`;
    if (!this.#clips.has(address)) {
      try {
        const answer = await fetch(address, { signal: AbortSignal.timeout(3_000) });
        if (!answer.ok) return null;
        this.#clips.set(address, await this.context.decodeAudioData(await answer.arrayBuffer()));
      } catch {
        return null;
      }
    }
    return this.#clips.get(address);
  }

  tell(name, detail) {
    this.element.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// 'Number A 0 1 2, please go to counter 3': the names of its clips. A sign without a name,
// such as the dash, is not spoken.
export function sentence(names, label, counter) {
  const spelt = (code) => [...code.toLowerCase()];
  const words = ["number", ...spelt(label), "counter", ...spelt(counter), "end"];
  return words.filter((word) => names.has(word));
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
