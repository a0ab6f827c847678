/** One camera's FFmpeg decoder for one picture size: started when needed, again when it dies, never waited for. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { ivfFileHeader, ivfFrameHeader } from '../../media/ivf.ts';
import { FfmpegChild, type FfmpegExit } from '../ffmpeg/child.ts';
import { decoderArgs, decoderInputFd, decoderOutputFd } from '../ffmpeg/decoder-command.ts';
import { CpuWatch } from '../ffmpeg/cpu-watch.ts';
import { type Sandbox } from '../ffmpeg/sandbox.ts';
import { type I420Picture, type TileSize } from '../source-contract.ts';
import { decoderRestartBudget, RestartBudget } from './restart-budget.ts';
import { PictureQueue } from './picture-queue.ts';
import { DueTimes } from './due-times.ts';

export interface VideoDecoderOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ffmpegPath: string;
  readonly sandbox: Sandbox | undefined;
  readonly codec: 'VP8' | 'H264';
  readonly size: TileSize;
  /** The decoder lost its state: feed nothing but a keyframe next. */
  readonly onStateLost: () => void;
}

/** Encoded bytes waiting in front of a decoder that does not keep up; more than a second of any camera. */
const maxBacklogBytes = 500_000;
/** Frames went in and no picture came out for this long: it hangs. */
const hungAfterMs = 3000;
const ivfTimescaleHz = 90_000;
/** Nominal: decoders take the true size from the frames. */
const ivfSize = { width: 1280, height: 720 };

export class VideoDecoder {
  readonly #options: VideoDecoderOptions;
  readonly #pictures: PictureQueue;
  readonly #dueTimes = new DueTimes();
  readonly #budget = new RestartBudget(decoderRestartBudget);
  #child: FfmpegChild | undefined;
  #restartTimer: Timer | undefined;
  #isClosed = false;
  #decodedFrameCount = 0;
  #restartCount = 0;
  #misbehaviourCount = 0;
  #frameTicks = 0;
  /** Frames fed to this process less pictures that came out: some frames give none, no frame gives two. */
  #owedPictureCount = 0;
  /** Being killed: what it still says does not count. */
  #condemned: FfmpegChild | undefined;
  #lastPictureMs = -Infinity;
  /** When the first frame was fed that no picture has answered yet. */
  #unansweredSinceMs: number | undefined;

  constructor(options: VideoDecoderOptions) {
    this.#options = options;
    this.#pictures = new PictureQueue(options.size.width, options.size.height);
  }

  get size(): TileSize {
    return this.#options.size;
  }

  get decodedFrameCount(): number {
    return this.#decodedFrameCount;
  }

  get restartCount(): number {
    return this.#restartCount;
  }

  /** Times it was killed for what it did. */
  get misbehaviourCount(): number {
    return this.#misbehaviourCount;
  }

  /** False while it rests between two lives. */
  get isStarted(): boolean {
    return this.#child !== undefined;
  }

  /** Monotonic ms of the last picture that came out; -Infinity before the first. */
  get lastPictureMs(): number {
    return this.#lastPictureMs;
  }

  /** Of the running process, for diagnosis. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** When the picture that `latest` gave last was due, monotonic ms; -Infinity before the first. */
  get shownDueMs(): number {
    return this.#pictures.shownDueMs;
  }

  latest(): I420Picture | undefined {
    return this.#pictures.latest(this.#options.clock.nowMs());
  }

  /** Starts it ahead of the first frame; no effect while it runs, rests or is closed. */
  start(): void {
    if (this.#isClosed || this.#child !== undefined || this.#restartTimer !== undefined) return;
    const { clock, logger, ffmpegPath, sandbox, codec, size } = this.#options;
    const child = new FfmpegChild({
      clock,
      logger,
      ffmpegPath,
      args: decoderArgs({ codec, ...size }),
      inputFds: [decoderInputFd],
      outputFds: [decoderOutputFd],
      ...(sandbox && { sandbox }),
    });
    this.#child = child;
    this.#unansweredSinceMs = undefined;
    this.#owedPictureCount = 0;
    void child.exited.then((exit) => this.#onExit(child, exit));
    if (child.pid === undefined) return;
    this.#read(child);
    const watch = new CpuWatch({
      clock,
      pid: child.pid,
      onRunaway: () => this.#endFor('it computes without end', child),
    });
    void child.exited.then(() => watch.stop());
    child.input(decoderInputFd).write(ivfFileHeader({ codec, ...ivfSize, timescaleHz: ivfTimescaleHz }));
  }

  /** False when it could not take the frame: not running, hung, or too far behind. Then the next must be a keyframe. */
  feed(frame: Uint8Array, dueMs: number): boolean {
    const child = this.#child;
    if (child?.pid === undefined || child.isGone || this.#endIfHung(child)) return false;
    const input = child.input(decoderInputFd);
    if (input.destroyed || input.writableLength > maxBacklogBytes) return false;
    const nowMs = this.#options.clock.nowMs();
    input.write(ivfFrameHeader(frame.length, this.#frameTicks));
    input.write(frame);
    this.#frameTicks += ivfTimescaleHz / 30;
    this.#owedPictureCount++;
    this.#unansweredSinceMs ??= nowMs;
    this.#dueTimes.push(dueMs, nowMs);
    return true;
  }

  /** Resolves when the process is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#restartTimer?.cancel();
    // Nobody wants what it may still hold, and a decoder has nothing to save.
    await this.#child?.kill();
  }

  #read(child: FfmpegChild): void {
    const { clock } = this.#options;
    this.#pictures.restart();
    this.#dueTimes.clear();
    child.output(decoderOutputFd).on('data', (chunk: Buffer) => {
      if (child !== this.#child || child === this.#condemned) return;
      this.#pictures.push(chunk, () => {
        const nowMs = clock.nowMs();
        this.#answered(nowMs);
        if (--this.#owedPictureCount < 0) this.#endFor('it gives pictures that no frame asked for', child);
        return this.#dueTimes.take(nowMs);
      });
    });
  }

  #answered(nowMs: number): void {
    this.#decodedFrameCount++;
    this.#lastPictureMs = nowMs;
    this.#unansweredSinceMs = undefined;
  }

  #endIfHung(child: FfmpegChild): boolean {
    const sinceMs = this.#unansweredSinceMs;
    if (sinceMs === undefined || this.#options.clock.nowMs() - sinceMs < hungAfterMs) return false;
    this.#unansweredSinceMs = undefined;
    this.#endFor('it hangs', child);
    return true;
  }

  /** It reads what strangers send: one that misbehaves may not be itself any more. */
  #endFor(reason: string, child: FfmpegChild): void {
    if (this.#condemned === child) return;
    this.#condemned = child;
    this.#options.logger.warn({ reason, pid: child.pid }, 'decoder misbehaves, ending it');
    this.#misbehaviourCount++;
    void child.kill();
  }

  #onExit(child: FfmpegChild, exit: FfmpegExit): void {
    if (child === this.#child) this.#child = undefined;
    if (this.#isClosed) return;
    const { clock, logger, onStateLost } = this.#options;
    const pauseMs = this.#budget.pauseAfterFailureMs(clock.nowMs());
    const { code, signal, spawnError, stderrTail } = exit;
    logger.warn({ code, signal, error: spawnError, stderrTail, pauseMs }, 'decoder ended, starting it again');
    this.#restartCount++;
    this.#restartTimer = clock.schedule(pauseMs, () => {
      this.#restartTimer = undefined;
      this.start();
    });
    onStateLost();
  }
}
