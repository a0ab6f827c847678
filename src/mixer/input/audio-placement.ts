/**
 * Where decoded sound goes on the local sample axis (48 samples per monotonic ms). By RTP time, never by count; slow
 * differences between the sender's clock and ours are worn off by resampling, large ones by a new anchor. Pure.
 */

export interface Placement {
  /** Local position of the packet's first sample; fractions count. */
  readonly position: number;
  /** Local samples per decoded sample, 0.995..1.005. */
  readonly ratio: number;
  /** It follows the packet placed before without a seam. */
  readonly isContinuous: boolean;
}

/** 200 ms: beyond it the stream's time has jumped. */
const reanchorSampleCount = 9600;
const maxStretch = 0.005;
/** An error is worn off with this time constant: drift of 500 ppm leaves 1 ms, and nobody hears the pitch move. */
const correctSampleCount = 2 * 48_000;
/** Over which the error is averaged: shorter than the correction, longer than the map's jitter. */
const averageSampleCount = 24_000;

export class AudioPlacement {
  /** Local sample minus RTP tick (both 48 kHz). */
  #offset: number | undefined;
  #nextTimestamp: number | undefined;
  #meanError = 0;

  /**
   * Where the packet belongs.
   * @param timestamp unwrapped RTP ticks of its first sample.
   * @param mappedSample where the clock map puts it.
   * @param isAfterSilence nothing was heard just before: then any error can be corrected at once.
   */
  positionOf(timestamp: number, mappedSample: number, isAfterSilence: boolean): number {
    if (this.#offset === undefined || isAfterSilence) return mappedSample;
    const position = timestamp + this.#offset;
    return Math.abs(mappedSample - position) > reanchorSampleCount ? mappedSample : position;
  }

  /** As `positionOf`, for a packet that is played now: learns from it and corrects. */
  place(timestamp: number, sampleCount: number, mappedSample: number, isAfterSilence: boolean): Placement {
    const position = this.positionOf(timestamp, mappedSample, isAfterSilence);
    const isAnchored = this.#offset !== undefined && position === timestamp + this.#offset;
    const isContinuous = isAnchored && !isAfterSilence && timestamp === this.#nextTimestamp;
    const weight = 1 - Math.exp(-sampleCount / averageSampleCount);
    this.#meanError = isAnchored ? this.#meanError + (mappedSample - position - this.#meanError) * weight : 0;
    const stretch = Math.max(-maxStretch, Math.min(maxStretch, this.#meanError / correctSampleCount));
    const addedCount = sampleCount * stretch;
    this.#meanError -= addedCount;
    this.#offset = position - timestamp + addedCount;
    this.#nextTimestamp = timestamp + sampleCount;
    return { position, ratio: 1 + stretch, isContinuous };
  }
}
