/** Makes a short piece of sound a few samples longer or shorter: drift correction nobody hears. Pure. */

/** Linear interpolation of interleaved stereo to `sampleCount` samples per channel; ends stay in place. */
export function stretch(interleaved: Float32Array, sampleCount: number): Float32Array {
  const inputCount = interleaved.length / 2;
  if (sampleCount === inputCount || inputCount < 2) return interleaved;
  const stretched = new Float32Array(2 * sampleCount);
  const step = (inputCount - 1) / (sampleCount - 1);
  for (let sample = 0; sample < sampleCount; sample++) {
    const position = sample * step;
    const left = Math.min(Math.floor(position), inputCount - 2);
    const weight = position - left;
    for (let channel = 0; channel < 2; channel++) {
      const a = interleaved[2 * left + channel]!;
      const b = interleaved[2 * left + 2 + channel]!;
      stretched[2 * sample + channel] = a + (b - a) * weight;
    }
  }
  return stretched;
}
