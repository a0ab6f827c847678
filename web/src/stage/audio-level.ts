/** Loudness as a person reads a meter. Pure. */

/** Below this a room is silent; the meter starts here. */
const floorDb = -60;
/** Speech close to a microphone peaks about here; the meter is full. */
const ceilingDb = -12;

/** @param samples PCM, -1..1. @returns 0..1 on a decibel scale. */
export function meterLevel(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return 0;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, (db - floorDb) / (ceilingDb - floorDb)));
}
