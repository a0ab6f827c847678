/** The program in one process: sources in, ticks, encoders one after the other, fragments out. Ends once, by `stop` or by failing. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { toRostrumError, type RostrumError } from '../../core/errors.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { mixerError } from '../errors.ts';
import { type MixerCommand, type MixerEvent, type MixerRunOptions } from '../ports.ts';
import { type SourceBank, type SourceBankOptions } from '../source-contract.ts';
import { EncoderFeed } from './encoder-feed.ts';
import { EncoderSuccession } from './encoder-succession.ts';
import { FramePool } from './frame-pool.ts';
import { type LadderLimits } from './ladder-policy.ts';
import { ProgramClock } from './program-clock.ts';
import { ProgramScene } from './program-scene.ts';

export interface MixerRunDependencies {
  readonly options: MixerRunOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emit: (event: MixerEvent) => void;
  readonly createSourceBank: (options: SourceBankOptions) => SourceBank;
  readonly ladderLimits?: LadderLimits;
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
  readonly #programClock: ProgramClock;
  readonly #feed: EncoderFeed;
  readonly #encoders: EncoderSuccession;
  #statsTimer: Timer | undefined;
  #isOver = false;
  #stopping: Promise<void> | undefined;

  constructor({ options, clock, logger, emit, createSourceBank, ladderLimits }: MixerRunDependencies) {
    super({ clock });
    const { canvas } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger.child({ webinarId: options.webinarId });
    this.#emit = emit;
    this.#bank = createSourceBank({
      clock,
      logger: this.#logger,
      rtpListenIp: options.rtpListenIp,
      ffmpegPath: options.ffmpegPath,
      ...(options.decoderSandbox && { decoderSandbox: options.decoderSandbox }),
      playoutDelayMs: options.playoutDelayMs,
      frameRate: canvas.frameRate,
      requestKeyframe: (sourceId) => emit({ type: 'keyframeNeeded', sourceId }),
    });
    this.#scene = new ProgramScene({ options, clock, bank: this.#bank, emit });
    this.#programClock = new ProgramClock({
      clock,
      frameRate: canvas.frameRate,
      onTick: (tickIndex, isRepeat) => this.#tick(tickIndex, isRepeat),
      onFellBehind: (behindMs) => this.#encoders.fallBehind(behindMs, false),
    });
    this.#feed = new EncoderFeed({
      pool: new FramePool(canvas.width, canvas.height),
      logger: this.#logger,
      frameRate: canvas.frameRate,
      onFellBehind: (behindMs) => this.#encoders.fallBehind(behindMs, true),
    });
    this.#encoders = new EncoderSuccession({
      run: options,
      feed: this.#feed,
      clock,
      logger: this.#logger,
      emit,
      nextTick: () => this.#programClock.nextTick,
      dueMs: (tickIndex) => this.#programClock.dueMs(tickIndex),
      onGaveUp: (error) => this.#fail(error),
      ...(ladderLimits && { ladderLimits }),
    });
    this.own('source bank', (reason) => this.#bank.close(reason));
  }

  /** Binds the RTP socket, starts the encoder and ticks. A failure is told by `failed`, not thrown. */
  async start(): Promise<void> {
    this.advanceTo('starting');
    try {
      const rtpPort = await this.#bank.listen();
      if (this.isClosed) return;
      this.own('encoders', () => this.#encoders.kill());
      this.#startTicking();
      this.#emit({ type: 'listening', rtpPort });
    } catch (cause) {
      this.#fail(mixerError('MIXER_START_FAILED', { cause }));
    }
  }

  /** `start` is the process's to handle, `stop` ends the program; all else is for the encoders or for the scene. */
  handle(command: MixerCommand): void {
    if (this.#isOver) return;
    switch (command.type) {
      case 'stop':
        void this.stop('stop command');
        return;
      case 'beginRun':
        this.#encoders.begin(command);
        return;
      case 'endRun':
        this.#encoders.refuse(command.runIndex, command.cause);
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
    await this.#encoders.stop();
    await this.close(reason);
    this.#emit({ type: 'stopped', reason });
  }

  #startTicking(): void {
    const frameZeroMs = this.#clock.nowMs();
    this.#bank.startTimeline(frameZeroMs);
    this.advanceTo('running');
    this.#programClock.setStart(frameZeroMs);
    this.#encoders.begin(this.#options);
    this.own('ticking', () => this.#endTicking());
    this.#statsTimer = this.#clock.repeat(statsPeriodMs, () => this.#emitStats());
    this.#programClock.start();
  }

  #endTicking(): void {
    this.#isOver = true;
    this.#programClock.stop();
    this.#statsTimer?.cancel();
    this.#feed.close();
  }

  #tick(tickIndex: number, isRepeat: boolean): void {
    try {
      const sounds = this.#scene.renderSound(tickIndex);
      this.#feed.push(tickIndex, sounds, isRepeat, (frame) =>
        this.#scene.compose(frame, tickIndex, this.#encoders.momentOf(tickIndex)),
      );
      this.#encoders.fitLadder();
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
        tickLatenessMs: this.#programClock.latenessMs,
        repeatedFrameCount: this.#feed.repeatedFrameCount,
        encoderBacklogFrameCount: this.#feed.backlogFrameCount,
        sources: this.#bank.stats(),
      },
    });
  }

  #fail(error: RostrumError): void {
    if (this.#isOver) return;
    this.#endTicking();
    this.#logger.error({ error, cause: error.cause, ...error.details }, 'run failed');
    this.#emit({ type: 'failed', code: error.code, message: error.message });
    void this.close(error.code);
  }
}
