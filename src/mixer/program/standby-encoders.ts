/** Encoders of shorter ladders that have started already and wait for their first frame. */
import { type RostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { type Encoder } from '../ffmpeg/encoder.ts';

export interface StandbyEncodersOptions {
  readonly rungCount: number;
  readonly logger: Logger;
  /** Starts an encoder without the upper rungs that waits for its place (`Encoder.moveTo`). */
  readonly create: (droppedCount: number) => Encoder;
}

/** Frames of the running encoder before the first standby is started, and between two of them: its own start comes first. */
const framesPerStart = 30;

/**
 * FFmpeg takes 65 ms of CPU to start, which is half a second on a machine that is too busy, just when viewers cannot wait:
 * so each shorter ladder has one that waits. It costs 14 MB of memory and no CPU.
 */
export class StandbyEncoders {
  readonly #options: StandbyEncodersOptions;
  readonly #encoders = new Map<number, Encoder>();
  /** One that died waiting is not started again before the next run. */
  #isGivenUp = false;
  /** Those that are not needed any more, on their way out. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(options: StandbyEncodersOptions) {
    this.#options = options;
  }

  /** Starts what is missing, one after the other; to be called often while an encoder runs. */
  keep(droppedCount: number, encodedFrameCount: number): void {
    if (this.#isGivenUp || encodedFrameCount < framesPerStart * (1 + this.#encoders.size)) return;
    for (let count = droppedCount + 1; count < this.#options.rungCount; count++) {
      if (this.#encoders.has(count)) continue;
      this.#encoders.set(count, this.#options.create(count));
      return;
    }
  }

  /** A run begins with so many rungs left out: gives the encoder that waits for just that, if any, and ends those of longer ladders. */
  take(droppedCount: number): Encoder | undefined {
    this.#isGivenUp = false;
    const taken = this.#encoders.get(droppedCount);
    this.#encoders.delete(droppedCount);
    this.#dismiss((count) => count < droppedCount);
    return taken;
  }

  /** True when it was one of them that failed: nothing is lost by it. */
  hasLost(encoder: Encoder, error: RostrumError): boolean {
    const entry = [...this.#encoders].find(([, standby]) => standby === encoder);
    if (entry === undefined) return false;
    this.#options.logger.warn({ code: error.code, ...error.details }, 'standby encoder lost');
    this.#encoders.delete(entry[0]);
    this.#isGivenUp = true;
    return true;
  }

  /** Resolves when all of them are gone. */
  async close(): Promise<void> {
    this.#isGivenUp = true;
    this.#dismiss(() => true);
    await this.#leaving;
  }

  #dismiss(isNotNeeded: (droppedCount: number) => boolean): void {
    for (const [count, encoder] of [...this.#encoders]) {
      if (!isNotNeeded(count)) continue;
      this.#encoders.delete(count);
      this.#leaving = Promise.all([this.#leaving, encoder.kill()]);
    }
  }
}
