/** The last moments of one microphone, addressed by absolute sample number: what was never written is silence. Pure. */

/** Newly written sound that overlaps what is there (concealment) is faded in over this many samples, 5 ms. */
const crossfadeSampleCount = 240;

/** Stereo, 48 kHz, interleaved. Overflow: the oldest samples are overwritten. */
export class SampleRing {
  readonly #capacity: number;
  readonly #samples: Float32Array;
  /** Absolute number of the sample after the last written; undefined before the first. */
  #end: number | undefined;

  /** @param capacity in samples per channel. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#samples = new Float32Array(capacity * 2);
  }

  get end(): number | undefined {
    return this.#end;
  }

  /** Puts `interleaved` (2 values per sample) at absolute sample `first`; a gap before it becomes silence. */
  write(first: number, interleaved: Float32Array): void {
    const sampleCount = interleaved.length / 2;
    const end = this.#end ?? first;
    this.#silence(Math.max(end, first - this.#capacity), first);
    const overlapEnd = Math.min(end, first + sampleCount);
    const fadeCount = Math.min(crossfadeSampleCount, Math.max(0, overlapEnd - first));
    for (let sample = Math.max(0, sampleCount - this.#capacity); sample < sampleCount; sample++) {
      const slot = this.#slotOf(first + sample);
      const weight = sample < fadeCount ? (sample + 1) / (fadeCount + 1) : 1;
      this.#samples[slot] = this.#samples[slot]! * (1 - weight) + interleaved[2 * sample]! * weight;
      this.#samples[slot + 1] = this.#samples[slot + 1]! * (1 - weight) + interleaved[2 * sample + 1]! * weight;
    }
    // What lay beyond was concealment of what has now come.
    this.#end = first + sampleCount;
  }

  /** Adds samples from absolute `first` on to `target` (2 values per sample); missing ones add nothing. */
  mixInto(target: Float32Array, first: number, sampleCount: number): void {
    if (this.#end === undefined) return;
    const from = Math.max(first, this.#end - this.#capacity);
    const to = Math.min(first + sampleCount, this.#end);
    for (let sample = from; sample < to; sample++) {
      const index = sample - first;
      const slot = this.#slotOf(sample);
      target[2 * index] = target[2 * index]! + this.#samples[slot]!;
      target[2 * index + 1] = target[2 * index + 1]! + this.#samples[slot + 1]!;
    }
  }

  #silence(from: number, to: number): void {
    for (let sample = from; sample < to; sample++)
      this.#samples.fill(0, this.#slotOf(sample), this.#slotOf(sample) + 2);
  }

  #slotOf(sample: number): number {
    return 2 * (((sample % this.#capacity) + this.#capacity) % this.#capacity);
  }
}
