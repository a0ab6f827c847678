/** One life of the program: sources in, ticks, one encoder, fragments out. Ends by `stop` or by failing, never twice. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { toRostrumError, type RostrumError } from '../../core/errors.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { mixerError } from '../errors.ts';
import { Encoder } from '../ffmpeg/encoder.ts';
import { type MixerCommand, type MixerEvent, type MixerRunOptions } from '../ports.ts';
import { type SourceBank, type SourceBankOptions } from '../source-contract.ts';
import { EncoderFeed } from './encoder-feed.ts';
import { FramePool } from './frame-pool.ts';
import { ProgramClock } from './program-clock.ts';
import { ProgramScene } from './program-scene.ts';

export interface MixerRunDependencies {
  readonly options: MixerRunOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emit: (event: MixerEvent) => void;
  readonly createSourceBank: (options: SourceBankOptions) => SourceBank;
}

const statsPeriodMs = 5000;

export function createMixerRun(dependencies: MixerRunDependencies): MixerRun {
  return new MixerRun(dependencies);
}

export class MixerRun extends Lifecycle {
  readonly #options: MixerRunOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #emit: (event: MixerEvent) => void;
  readonly #bank: SourceBank;
  readonly #scene: ProgramScene;
  readonly #pool: FramePool;
  readonly #programClock: ProgramClock;
  #encoder: Encoder | undefined;
  #feed: EncoderFeed | undefined;
  #statsTimer: Timer | undefined;
  #isOver = false;
  #stopping: Promise<void> | undefined;

  constructor({ options, clock, logger, emit, createSourceBank }: MixerRunDependencies) {
    super({ clock });
    const { canvas } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger.child({ webinarId: options.webinarId, runIndex: options.runIndex });
    this.#emit = emit;
    this.#bank = createSourceBank({
      clock,
      logger: this.#logger,
      rtpListenIp: options.rtpListenIp,
      ffmpegPath: options.ffmpegPath,
      playoutDelayMs: options.playoutDelayMs,
      frameRate: canvas.frameRate,
      requestKeyframe: (sourceId) => emit({ type: 'keyframeNeeded', sourceId }),
    });
    this.#scene = new ProgramScene({ options, clock, bank: this.#bank, emit });
    this.#pool = new FramePool(canvas.width, canvas.height);
    this.#programClock = new ProgramClock({
      clock,
      frameRate: canvas.frameRate,
      onTick: (tickIndex, isRepeat) => this.#tick(tickIndex, isRepeat),
      onFellBehind: (behindMs) => this.#failBehind(behindMs),
    });
    this.own('source bank', (reason) => this.#bank.close(reason));
  }

  /** Binds the RTP socket, starts the encoder and ticks. A failure is told by `failed`, not thrown. */
  async start(): Promise<void> {
    this.advanceTo('starting');
    try {
      const rtpPort = await this.#bank.listen();
      if (this.isClosed) return;
      this.#startEncoder();
      this.#startTicking();
      this.#emit({ type: 'listening', rtpPort });
    } catch (cause) {
      this.#fail(mixerError('MIXER_START_FAILED', { cause }));
    }
  }

  /** `start` is the process's to handle and `stop` ends the run; all else changes what is seen and heard. */
  handle(command: MixerCommand): void {
    if (this.#isOver) return;
    switch (command.type) {
      case 'stop':
        void this.stop('stop command');
        return;
      case 'start':
        throw mixerError('MIXER_COMMAND_INVALID', { message: 'A run cannot be started twice.' });
      default:
        this.#scene.handle(command);
    }
  }

  /** Ends the program in order: no more ticks, the encoder writes what it holds, then `stopped`. Idempotent. */
  async stop(reason: string): Promise<void> {
    this.#stopping ??= this.#isOver ? this.close(reason) : this.#flushAndClose(reason);
    await this.#stopping;
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#logger.error({ error, name }, 'release failed');
  }

  async #flushAndClose(reason: string): Promise<void> {
    this.#endTicking();
    const exit = await this.#encoder?.stop();
    if (exit !== undefined && exit.code !== 0) this.#logger.warn({ ...exit }, 'encoder did not end cleanly');
    await this.close(reason);
    this.#emit({ type: 'stopped', reason });
  }

  #startEncoder(): void {
    this.#encoder = new Encoder({
      run: this.#options,
      clock: this.#clock,
      logger: this.#logger,
      onUnit: (renditionId, { type, bytes }) => this.#emit({ type, renditionId, bytes }),
      onFailed: (error) => this.#fail(error),
    });
    const encoder = this.#encoder;
    this.own('encoder', () => encoder.kill());
    const { frameRate } = this.#options.canvas;
    this.#feed = new EncoderFeed({
      encoder,
      pool: this.#pool,
      logger: this.#logger,
      frameRate,
      onFellBehind: (behindMs) => this.#failBehind(behindMs),
    });
  }

  #startTicking(): void {
    const frameZeroMs = this.#clock.nowMs();
    this.#bank.startTimeline(frameZeroMs);
    this.advanceTo('running');
    const { runIndex, startTimeSec, video, audio } = this.#options;
    const renditionIds = [...video, ...audio].map(({ renditionId }) => renditionId);
    this.#emit({ type: 'runStarted', runIndex, startTimeSec, frameZeroWallMs: this.#clock.wallMs(), renditionIds });
    this.#logger.info({ startTimeSec, encoderPid: this.#encoder?.pid }, 'run started');
    this.own('ticking', () => this.#endTicking());
    this.#statsTimer = this.#clock.repeat(statsPeriodMs, () => this.#emitStats());
    this.#programClock.start(frameZeroMs);
  }

  #endTicking(): void {
    this.#isOver = true;
    this.#programClock.stop();
    this.#statsTimer?.cancel();
    this.#feed?.close();
  }

  #tick(tickIndex: number, isRepeat: boolean): void {
    try {
      this.#feed?.push(this.#scene.renderSound(tickIndex), isRepeat, (frame) => this.#scene.compose(frame));
    } catch (cause) {
      this.#fail(mixerError('MIXER_TICK_FAILED', { cause: toRostrumError(cause) }));
    }
  }

  #emitStats(): void {
    this.#emit({
      type: 'stats',
      stats: {
        frameCount: this.#programClock.tickCount,
        lateTickCount: this.#programClock.lateTickCount,
        repeatedFrameCount: this.#feed?.repeatedFrameCount ?? 0,
        encoderBacklogFrameCount: this.#encoder?.backlogFrameCount ?? 0,
        sources: this.#bank.stats(),
      },
    });
  }

  /** A successor starts at the true time; what lies between becomes a named gap. */
  #failBehind(behindMs: number): void {
    this.#fail(mixerError('MIXER_FELL_BEHIND', { details: { behindMs: Math.round(behindMs) } }));
  }

  #fail(error: RostrumError): void {
    if (this.#isOver) return;
    this.#endTicking();
    this.#logger.error({ error, cause: error.cause, ...error.details }, 'run failed');
    this.#emit({ type: 'failed', code: error.code, message: error.message });
    void this.close(error.code);
  }
}
