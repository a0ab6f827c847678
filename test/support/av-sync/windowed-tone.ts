/** One frequency in a short span of sound at 48 kHz. */

const sampleRateHz = 48_000;

/**
 * Behind a Hann window: other tones leak far less into it.
 * @param samples one channel, -1..1
 * @param firstSample of the span, within the piece at whose beginning the reference of the phase has phase 0
 * @returns amplitude, 0..1, and phase in radians
 */
export function windowedTone(
  samples: Float32Array,
  toneHz: number,
  firstSample = 0,
): { readonly level: number; readonly phase: number } {
  let [real, imaginary] = [0, 0];
  for (let index = 0; index < samples.length; index++) {
    const angle = (2 * Math.PI * toneHz * (firstSample + index)) / sampleRateHz;
    const weighted = samples[index]! * (1 - Math.cos((2 * Math.PI * index) / samples.length));
    real += weighted * Math.cos(angle);
    imaginary -= weighted * Math.sin(angle);
  }
  return { level: (2 * Math.hypot(real, imaginary)) / samples.length, phase: Math.atan2(imaginary, real) };
}
