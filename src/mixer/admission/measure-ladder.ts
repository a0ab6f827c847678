/** Encodes a few seconds of a ladder with the real encoder as fast as it goes, and tells what that took. */
import { type Clock } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { cpuTimeMs, mainThreadCpuTimeMs } from '../ffmpeg/child-processes.ts';
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
  /**
   * Seconds of program that could be encoded per second if nothing else ran; below 1 it could never be live. Reckoned
   * from CPU time too: FFmpeg's first thread scales and waits for x264's slices, so one comes after the other.
   */
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
/** Each is a whole GOP. The cheapest counts: other load on the machine makes encoding dearer, nothing makes it cheaper. */
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
  readonly cpuMs: number;
  readonly mainThreadMs: number;
}

/** Threads of x264 beside FFmpeg's first, in the sizes that have any (encoder-command.ts). */
const sliceThreadCount = 2;

class Measurement {
  readonly result: Promise<LadderCost>;
  readonly #options: MeasureOptions;
  readonly #encoder: Encoder;
  readonly #settled = Promise.withResolvers<LadderCost>();
  readonly #pictures: readonly Uint8Array[];
  readonly #sound: Uint8Array;
  readonly #timer: { cancel(): void };
  #submittedFrameCount = 0;
  /** At the end of the warm-up and of every second after it. */
  readonly #marks: Mark[] = [];

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
    if (encodedSec >= warmUpSec + this.#marks.length) this.#marks.push(this.#mark());
    onProgress?.(Math.min(1, encodedSec / (warmUpSec + measuredSec)));
    if (this.#marks.length > measuredSec) this.#finish();
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
    const { pid = -1, encodedFrameCount } = this.#encoder;
    return { frameCount: encodedFrameCount, cpuMs: cpuTimeMs(pid) ?? 0, mainThreadMs: mainThreadCpuTimeMs(pid) ?? 0 };
  }

  #finish(): void {
    // Too slow for two marks when the time was up: everything since the start is all there is to go by.
    const marks = this.#marks.length > 1 ? this.#marks : [{ frameCount: 0, cpuMs: 0, mainThreadMs: 0 }, this.#mark()];
    const costs = marks.slice(1).map((end, index) => this.#costBetween(marks[index]!, end));
    this.#settled.resolve(costs.reduce((best, cost) => (cost.encodeCores < best.encodeCores ? cost : best)));
  }

  #costBetween(start: Mark, end: Mark): LadderCost {
    const programMs = (1000 * Math.max(1, end.frameCount - start.frameCount)) / this.#options.canvas.frameRate;
    // CPU time is counted in steps of 10 ms; what is too little to count is no figure to divide by.
    const cpuMs = Math.max(cpuTickMs, end.cpuMs - start.cpuMs);
    const mainThreadMs = end.mainThreadMs - start.mainThreadMs;
    const inLineMs = mainThreadMs + (cpuMs - mainThreadMs) / sliceThreadCount;
    return { encodeCores: cpuMs / programMs, realTimeRatio: programMs / inLineMs };
  }
}

const cpuTickMs = 10;
