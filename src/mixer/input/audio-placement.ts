/**
 * Where decoded sound goes on the local sample axis (48 samples per monotonic ms). By RTP time, never by count; slow
 * differences between the sender's clock and ours are worn off by stretching, large ones by a new anchor. Pure.
 */

export interface Placement {
  /** Absolute local sample of the packet's first sample. */
  readonly first: number;
  /** Samples it shall last: its own count, or up to 0.5 % more or less. */
  readonly sampleCount: number;
}

/** 200 ms: beyond it the stream's time has jumped. */
const reanchorSampleCount = 9600;
/** 5 ms: beyond it correction begins; it ends below 1 ms. The first is under what lip sync can tell, the second above jitter. */
const correctAboveSampleCount = 240;
const correctUntilSampleCount = 48;
const maxStretch = 0.005;
/** Weight of one packet in the running mean of the error: about one second of packets. */
const errorWeight = 0.02;

export class AudioPlacement {
  /** Local sample minus RTP tick (both 48 kHz). */
  #offset: number | undefined;
  #meanError = 0;
  #isCorrecting = false;

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
    const first = this.positionOf(timestamp, mappedSample, isAfterSilence);
    if (first - timestamp !== this.#offset) this.#anchor(first - timestamp);
    else this.#meanError += (mappedSample - first - this.#meanError) * errorWeight;
    const addedCount = this.#correction(sampleCount);
    this.#offset = first - timestamp + addedCount;
    this.#meanError -= addedCount;
    return { first, sampleCount: sampleCount + addedCount };
  }

  #anchor(offset: number): void {
    this.#offset = offset;
    this.#meanError = 0;
    this.#isCorrecting = false;
  }

  #correction(sampleCount: number): number {
    const size = Math.abs(this.#meanError);
    if (size > correctAboveSampleCount) this.#isCorrecting = true;
    if (size < correctUntilSampleCount) this.#isCorrecting = false;
    return this.#isCorrecting ? Math.sign(this.#meanError) * Math.floor(sampleCount * maxStretch) : 0;
  }
}
