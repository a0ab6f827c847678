/** Look-ahead limiter for interleaved stereo: no peak above the ceiling, on the samples or between them. Pure. */
import { audioTimescaleHz } from '../../media/timebase.ts';
import { dbToRatio } from './gain.ts';
import { SlidingMinimum } from './sliding-minimum.ts';
import { findTruePeaks, truePeakTapCount } from './true-peak.ts';

/** Ceiling of -1.5 dBTP leaves room for what AAC adds. */
export const limiterCeilingRatio = dbToRatio(-1.5);
/**
 * What is limited to: the estimate may be half a dB too low for the highest notes (BS.1770-4 annex 2), and AAC of 96 kbit/s
 * adds up to 1 dB to twelve tones or voices at once, which must stay below -1 dBTP as viewers decode them.
 */
const workingCeilingRatio = dbToRatio(-2.5);
/** The gain goes down over 5 ms. */
const attackSampleCount = (audioTimescaleHz * 5) / 1000;
/**
 * Constant delay of the limiter, 5.2 ms: the gain is down before the peak comes out, for every sample that the peak was
 * estimated from.
 */
export const limiterDelaySampleCount = attackSampleCount + truePeakTapCount - 2;
const holdSampleCount = limiterDelaySampleCount + 1;
const releaseMs = 80;
const releaseStep = 1 - Math.exp(-1000 / (releaseMs * audioTimescaleHz));
/** Closer to 1 than this the gain counts as 1, so that quiet passages pass bit for bit. */
const unityTolerance = 1e-5;

/**
 * The gain each peak needs is held over the look-ahead (minimum), released exponentially, then averaged over the
 * attack. An average of values that are all small enough is small enough, hence the guarantee.
 */
export class Limiter {
  readonly #minimum = new SlidingMinimum(holdSampleCount);
  readonly #gains = new Float64Array(attackSampleCount).fill(1);
  #gainIndex = 0;
  #gainSum = attackSampleCount;
  #reducedCount = 0;
  #released = 1;
  /** Samples since one that was too high. */
  #quietCount = holdSampleCount;
  /** The delay line with the block behind it. */
  #work = new Float32Array(0);
  #needed = new Float64Array(0);

  /** Limits `samples` in place; what comes out is `limiterDelaySampleCount` samples older. */
  process(samples: Float32Array): void {
    const sampleCount = samples.length / 2;
    this.#makeRoom(sampleCount);
    const work = this.#work;
    work.set(samples, 2 * limiterDelaySampleCount);
    const isLoud = this.#findNeeded(sampleCount);
    if (isLoud || !this.#isAtRest) this.#turnDown(samples, sampleCount);
    else samples.set(work.subarray(0, samples.length));
    work.copyWithin(0, samples.length, samples.length + 2 * limiterDelaySampleCount);
  }

  get #isAtRest(): boolean {
    return this.#quietCount >= holdSampleCount && this.#reducedCount === 0;
  }

  #makeRoom(sampleCount: number): void {
    if (this.#needed.length >= sampleCount) return;
    const work = new Float32Array(2 * (limiterDelaySampleCount + sampleCount));
    work.set(this.#work.subarray(0, 2 * limiterDelaySampleCount));
    this.#work = work;
    this.#needed = new Float64Array(sampleCount);
  }

  /** The gain that each sample of the block asks for. @returns whether any is below 1. */
  #findNeeded(sampleCount: number): boolean {
    const needed = this.#needed.fill(1, 0, sampleCount);
    const first = limiterDelaySampleCount;
    let isLoud = false;
    findTruePeaks(this.#work, first, first + sampleCount, workingCeilingRatio, (sample, peak) => {
      needed[sample - first] = workingCeilingRatio / peak;
      isLoud = true;
    });
    return isLoud;
  }

  #turnDown(samples: Float32Array, sampleCount: number): void {
    const work = this.#work;
    for (let index = 0; index < sampleCount; index++) {
      const gain = this.#nextGain(this.#needed[index]!);
      samples[2 * index] = clamp(work[2 * index]! * gain);
      samples[2 * index + 1] = clamp(work[2 * index + 1]! * gain);
    }
  }

  #nextGain(needed: number): number {
    this.#quietCount = needed < 1 ? 0 : this.#quietCount + 1;
    const held = this.#minimum.push(needed);
    this.#released = Math.min(held, this.#released + (1 - this.#released) * releaseStep);
    if (this.#released > 1 - unityTolerance && held === 1) this.#released = 1;
    const leaving = this.#gains[this.#gainIndex]!;
    this.#gains[this.#gainIndex] = this.#released;
    this.#gainIndex = (this.#gainIndex + 1) % attackSampleCount;
    this.#reducedCount += (this.#released < 1 ? 1 : 0) - (leaving < 1 ? 1 : 0);
    this.#gainSum += this.#released - leaving;
    // Starts the running sum afresh whenever it is known exactly, so rounding cannot pile up over hours.
    if (this.#reducedCount === 0) this.#gainSum = attackSampleCount;
    return this.#gainSum / attackSampleCount;
  }
}

/** Rounding can put a sample a hair above the ceiling; nothing audible is cut here. */
function clamp(sample: number): number {
  return Math.max(-limiterCeilingRatio, Math.min(limiterCeilingRatio, sample));
}
