// A call for help from the kiosk is heard as well as seen: once each, quietly, and only where the
// browser lets this page sound. Nobody is asked for that.

import { chime } from "./chime.js";

const QUIETLY = 0.15;
const RUNG = "alarm rung"; // for one tab, also over its other pages

export function ringFor(alarm) {
  const { alarm: which } = alarm?.dataset ?? {};
  const maySound = navigator.userActivation?.hasBeenActive ?? true;
  if (!which || !maySound || sessionStorage.getItem(RUNG) === which) return;
  sessionStorage.setItem(RUNG, which);
  ring(alarm);
}

async function ring(alarm) {
  const sound = new AudioContext();
  await Promise.race([sound.resume(), seconds(1)]);
  if (sound.state === "running") {
    const lasts = chime(sound, sound.destination, QUIETLY);
    alarm.dispatchEvent(new CustomEvent("chime", { bubbles: true }));
    await seconds(lasts);
  }
  await sound.close();
}

function seconds(number) {
  return new Promise((done) => setTimeout(done, number * 1_000));
}
