/** Encodes a few seconds of a ladder with the real encoder as fast as it goes, and tells what that took. */
import { type Clock } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { cpuTimeMs } from '../ffmpeg/child-processes.ts';
import { Encoder } from '../ffmpeg/encoder.ts';
import { type LadderRung } from '../ladder/ladder.ts';
import { admissionError } from './errors.ts';
import { noisePictures } from './noise-pictures.ts';

export interface LadderWork {
  readonly canvas: { readonly width: number; readonly height: number; readonly frameRate: number };
  readonly ladder: readonly LadderRung[];
  readonly audioBitsPerSec: number;
  readonly ffmpegPath: string;
}

export interface LadderCost {
  /** CPU seconds of the encoder per second of program. */
  readonly encodeCores: number;
  /** Seconds of program encoded per second, with nothing holding it back; below 1 it could never be live. */
  readonly realTimeRatio: number;
}

export interface MeasureOptions extends LadderWork {
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 to 1. */
  readonly onProgress?: (ratio: number) => void;
}

/** Start of the process, first keyframe and the encoder's own rate control are over by then. */
const warmUpSec = 1;
const measuredSec = 3;
/** On a machine that needs longer, what was done by then is the answer. */
const deadlineMs = 20_000;
/** Frames under way: enough for every thread to have work, few enough to bound the memory. */
const maxBacklogFrameCount = 8;
/** Longer than what is under way, so that no picture is the same as one that x264 still refers to. */
const pictureCount = 10;

/** @throws MIXER_ADMISSION_FAILED when the encoder does not run at all */
export async function measureLadder(options: MeasureOptions): Promise<LadderCost> {
  const measurement = new Measurement(options);
  try {
    return await measurement.result;
  } catch (cause) {
    throw admissionError('MIXER_ADMISSION_FAILED', { cause, details: { cause: toRostrumError(cause).code } });
  } finally {
    await measurement.close();
  }
}

interface Mark {
  readonly frameCount: number;
  readonly atMs: number;
  readonly cpuMs: number | undefined;
}

class Measurement {
  readonly result: Promise<LadderCost>;
  readonly #options: MeasureOptions;
  readonly #encoder: Encoder;
  readonly #settled = Promise.withResolvers<LadderCost>();
  readonly #pictures: readonly Uint8Array[];
  readonly #sound: Uint8Array;
  readonly #timer: { cancel(): void };
  #submittedFrameCount = 0;
  #warm: Mark | undefined;

  constructor(options: MeasureOptions) {
    const { canvas, ladder, audioBitsPerSec, ffmpegPath, clock, logger } = options;
    this.#options = options;
    this.result = this.#settled.promise;
    this.#pictures = noisePictures(canvas, pictureCount);
    this.#sound = new Uint8Array((48_000 / canvas.frameRate) * 4);
    this.#encoder = new Encoder({
      run: {
        canvas,
        video: ladder.map((rung, index) => ({ renditionId: `video-${index}`, ...rung })),
        audio: [{ renditionId: 'audio', bitsPerSec: audioBitsPerSec, channelId: 'main' }],
        gopFrameCount: canvas.frameRate,
        startTimeSec: 10,
        ffmpegPath,
      },
      clock,
      logger,
      onUnit: () => this.#advance(),
      onFailed: (error) => this.#settled.reject(error),
    });
    this.#timer = clock.schedule(deadlineMs, () => this.#finish());
    this.#feed();
  }

  async close(): Promise<void> {
    this.#timer.cancel();
    await this.#encoder.kill();
  }

  #advance(): void {
    const { canvas, onProgress } = this.#options;
    const encodedSec = this.#encoder.encodedFrameCount / canvas.frameRate;
    if (this.#warm === undefined && encodedSec >= warmUpSec) this.#warm = this.#mark();
    onProgress?.(Math.min(1, encodedSec / (warmUpSec + measuredSec)));
    if (encodedSec >= warmUpSec + measuredSec) this.#finish();
    else this.#feed();
  }

  #feed(): void {
    if (this.#encoder.pid === undefined) return;
    while (this.#submittedFrameCount - this.#encoder.encodedFrameCount < maxBacklogFrameCount) {
      this.#encoder.submit(this.#picture(this.#submittedFrameCount), [this.#sound], () => undefined);
      this.#submittedFrameCount++;
    }
  }

  /** Forth and back, so that the scene never jumps. */
  #picture(frameIndex: number): Uint8Array {
    const last = this.#pictures.length - 1;
    const phase = frameIndex % (2 * last);
    return this.#pictures[phase <= last ? phase : 2 * last - phase]!;
  }

  #mark(): Mark {
    const { pid } = this.#encoder;
    const cpuMs = pid === undefined ? undefined : cpuTimeMs(pid);
    return { frameCount: this.#encoder.encodedFrameCount, atMs: this.#options.clock.nowMs(), cpuMs };
  }

  #finish(): void {
    const end = this.#mark();
    // Not even warm when the time was up: everything since the start is all there is to go by.
    const start = this.#warm ?? { frameCount: 0, atMs: end.atMs - deadlineMs, cpuMs: 0 };
    const programSec = Math.max(1, end.frameCount - start.frameCount) / this.#options.canvas.frameRate;
    const elapsedSec = (end.atMs - start.atMs) / 1000;
    const cpuSec = ((end.cpuMs ?? 0) - (start.cpuMs ?? 0)) / 1000;
    this.#settled.resolve({ encodeCores: cpuSec / programSec, realTimeRatio: programSec / elapsedSec });
  }
}
