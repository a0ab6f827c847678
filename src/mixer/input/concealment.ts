/** What is played when packets are missing: the last frame over again, fading to silence within 60 ms. Pure. */

export const maxConcealedSampleCount = 2880;

export class Concealment {
  #last: Float32Array = new Float32Array(0);
  #concealedSampleCount = maxConcealedSampleCount;

  /** A frame was decoded: it is what would be repeated. Interleaved stereo; copied. */
  heard(interleaved: Float32Array): void {
    // 20 ms are enough to repeat, and short enough not to repeat a syllable.
    this.#last = interleaved.slice(Math.max(0, interleaved.length - 2 * 960));
    this.#concealedSampleCount = 0;
  }

  /** Nothing real preceded what follows: silence has set in. */
  get isExhausted(): boolean {
    return this.#concealedSampleCount >= maxConcealedSampleCount;
  }

  /** The next `sampleCount` samples or fewer; empty when exhausted. */
  next(sampleCount: number): Float32Array {
    const lastCount = this.#last.length / 2;
    const count = lastCount === 0 ? 0 : Math.min(sampleCount, maxConcealedSampleCount - this.#concealedSampleCount);
    const interleaved = new Float32Array(2 * count);
    for (let sample = 0; sample < count; sample++) {
      const position = this.#concealedSampleCount + sample;
      const gain = 1 - (position + 1) / maxConcealedSampleCount;
      const source = 2 * mirrored(position, lastCount);
      interleaved[2 * sample] = this.#last[source]! * gain;
      interleaved[2 * sample + 1] = this.#last[source + 1]! * gain;
    }
    this.#concealedSampleCount += count;
    return interleaved;
  }
}

/** Backwards from the end, forwards again, and so on: no jump at the seams. */
function mirrored(position: number, count: number): number {
  const phase = position % (2 * count);
  return phase < count ? count - 1 - phase : phase - count;
}
