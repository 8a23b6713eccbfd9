// Two tones, high and low: a sound that is known from every waiting room.

const TONES = [
  { tone: 784, at: 0, lasts: 0.9 },
  { tone: 587, at: 0.45, lasts: 1.3 },
];
const LASTS = Math.max(...TONES.map(({ at, lasts }) => at + lasts));

// How many seconds it will sound.
export function chime(context, out, loudness = 0.5) {
  const now = context.currentTime;
  for (const { tone, at, lasts } of TONES) {
    const loud = new GainNode(context, { gain: 0 });
    const string = new OscillatorNode(context, { frequency: tone });
    loud.gain.setValueAtTime(0, now + at);
    loud.gain.linearRampToValueAtTime(loudness, now + at + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.001, now + at + lasts);
    string.connect(loud).connect(out);
    string.start(now + at);
    string.stop(now + at + lasts);
    string.onended = () => loud.disconnect();
  }
  return LASTS;
}
