/** Look-ahead peak limiter for interleaved stereo: never a sample above the ceiling, no distortion by clipping. Pure. */
import { audioTimescaleHz } from '../../media/timebase.ts';
import { dbToRatio } from './gain.ts';
import { SlidingMinimum } from './sliding-minimum.ts';

/** Ceiling of -1.5 dBFS leaves room for inter-sample peaks and for what AAC adds. */
export const limiterCeilingRatio = dbToRatio(-1.5);
/** Constant delay of the limiter, 5 ms: the gain is down before the peak comes out. */
export const limiterDelaySampleCount = (audioTimescaleHz * 5) / 1000;
const releaseMs = 80;
/** Closer to 1 than this the gain counts as 1, so that quiet passages pass bit for bit. */
const unityTolerance = 1e-5;

/**
 * The gain each sample needs is held over the look-ahead window (minimum), released exponentially, then averaged over
 * the same window. An average of values that are all small enough is small enough, hence the guarantee.
 */
export class Limiter {
  readonly #windowLength = limiterDelaySampleCount + 1;
  readonly #minimum = new SlidingMinimum(this.#windowLength);
  readonly #delay = new Float32Array(2 * limiterDelaySampleCount);
  readonly #gains = new Float64Array(this.#windowLength).fill(1);
  readonly #releaseStep = 1 - Math.exp(-1000 / (releaseMs * audioTimescaleHz));
  #delayIndex = 0;
  #gainIndex = 0;
  #gainSum = this.#windowLength;
  #reducedCount = 0;
  #released = 1;

  /** Limits `samples` (interleaved stereo) in place; what comes out is `limiterDelaySampleCount` samples older. */
  process(samples: Float32Array): void {
    for (let index = 0; index + 1 < samples.length; index += 2) {
      const left = samples[index]!;
      const right = samples[index + 1]!;
      const gain = this.#nextGain(Math.max(Math.abs(left), Math.abs(right)));
      samples[index] = clamp(this.#delay[this.#delayIndex]! * gain);
      samples[index + 1] = clamp(this.#delay[this.#delayIndex + 1]! * gain);
      this.#delay[this.#delayIndex] = left;
      this.#delay[this.#delayIndex + 1] = right;
      this.#delayIndex = (this.#delayIndex + 2) % this.#delay.length;
    }
  }

  #nextGain(peak: number): number {
    const needed = this.#minimum.push(peak > limiterCeilingRatio ? limiterCeilingRatio / peak : 1);
    this.#released = Math.min(needed, this.#released + (1 - this.#released) * this.#releaseStep);
    if (this.#released > 1 - unityTolerance && needed === 1) this.#released = 1;
    const leaving = this.#gains[this.#gainIndex]!;
    this.#gains[this.#gainIndex] = this.#released;
    this.#gainIndex = (this.#gainIndex + 1) % this.#windowLength;
    this.#reducedCount += (this.#released < 1 ? 1 : 0) - (leaving < 1 ? 1 : 0);
    this.#gainSum += this.#released - leaving;
    // Starts the running sum afresh whenever it is known exactly, so rounding cannot pile up over hours.
    if (this.#reducedCount === 0) this.#gainSum = this.#windowLength;
    return this.#gainSum / this.#windowLength;
  }
}

/** Rounding can put a sample a hair above the ceiling; nothing audible is cut here. */
function clamp(sample: number): number {
  return Math.max(-limiterCeilingRatio, Math.min(limiterCeilingRatio, sample));
}
