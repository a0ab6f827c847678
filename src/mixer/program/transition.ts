/** A crossfade: the picture before a change is blended into the pictures after it. Counted in frames, not in time. */
import { type I420Canvas } from '../picture/i420.ts';
import { mixInto } from '../picture/mix.ts';

export const crossfadeMs = 250;

/**
 * The picture before `begin` shows the old program in full and the one `frameCount - 1` frames after it the new one;
 * those between have even steps. Frames that are never composed (the encoder lags) only shorten it.
 */
export class Crossfade {
  /** Frames from the last old picture to the first that is all new. */
  readonly frameCount: number;
  readonly #former: Uint8Array;
  #beginFrame = 0;
  #isRunning = false;

  /** @param byteLength of one picture. @param frameRate program frames per second. */
  constructor(byteLength: number, frameRate: number) {
    this.frameCount = Math.max(1, Math.round((crossfadeMs * frameRate) / 1000));
    this.#former = new Uint8Array(byteLength);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * The picture of `frameIndex` is the first after a change. A change during a crossfade starts from what is seen then.
   * @param former the picture before it; copied.
   */
  begin(former: I420Canvas, frameIndex: number): void {
    this.#former.set(former.data);
    this.#beginFrame = frameIndex;
    this.#isRunning = true;
  }

  /** Blends into the new picture of `frameIndex`. @returns false when nothing of the former is left and nothing was done. */
  apply(picture: I420Canvas, frameIndex: number): boolean {
    if (!this.#isRunning) return false;
    const weight = Math.round((256 * (frameIndex - this.#beginFrame + 1)) / this.frameCount);
    this.#isRunning = weight < 256;
    if (this.#isRunning) mixInto(picture, this.#former, weight);
    return this.#isRunning;
  }
}
