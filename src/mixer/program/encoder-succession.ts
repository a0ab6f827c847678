/** One encoder after the other: starts them where they are told to, replaces those that are lost, fits the ladder to the machine. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { type RostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { mixerError } from '../errors.ts';
import { Encoder } from '../ffmpeg/encoder.ts';
import { type MixerEvent, type MixerRunOptions } from '../ports.ts';
import { EncoderBudget } from './encoder-budget.ts';
import { type EncoderFeed } from './encoder-feed.ts';
import { ladderCosts } from './ladder-cost.ts';
import { type LadderLimits, LadderPolicy } from './ladder-policy.ts';
import { StandbyEncoders } from './standby-encoders.ts';

/** Where an encoder goes on in the program's timeline. */
export interface EncoderPlace {
  readonly runIndex: number;
  readonly startTimeSec: number;
}

export interface EncoderSuccessionOptions {
  /** The whole ladder; its place is that of the first encoder. */
  readonly run: MixerRunOptions;
  readonly feed: EncoderFeed;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly emit: (event: MixerEvent) => void;
  /** The tick that comes next. */
  readonly nextTick: () => number;
  /** When a tick is or was due, on the monotonic clock. */
  readonly dueMs: (tickIndex: number) => number;
  /** There is no use in a further encoder. Called at most once. */
  readonly onGaveUp: (error: RostrumError) => void;
  readonly ladderLimits?: LadderLimits;
}

/** Cause of a run's end that is no failure: a rung that was left out is encoded again. */
export const ladderRestoredCause = 'ladderRestored';

/** `ending`: the old encoder is being killed; `waiting`: for its successor's place, or for the pause before it. */
type State = 'waiting' | 'encoding' | 'ending' | 'over';

export class EncoderSuccession {
  readonly #options: EncoderSuccessionOptions;
  readonly #budget = new EncoderBudget();
  readonly #ladder: LadderPolicy;
  readonly #standbys: StandbyEncoders;
  #encoder: Encoder | undefined;
  /** Tick of the run's frame 0. */
  #firstTick = 0;
  #place: EncoderPlace;
  #state: State = 'waiting';
  /** Before it no encoder is started. */
  #notBeforeMs = -Infinity;
  #pause: Timer | undefined;

  constructor(options: EncoderSuccessionOptions) {
    this.#options = options;
    this.#place = options.run;
    this.#standbys = new StandbyEncoders({
      rungCount: options.run.video.length,
      logger: options.logger,
      create: (droppedCount) => this.#createEncoder(droppedCount, options.run.startTimeSec),
    });
    this.#ladder = new LadderPolicy(ladderCosts(options.run.canvas, options.run.video), options.ladderLimits);
  }

  /** Of the encoder that runs. */
  get pid(): number | undefined {
    return this.#encoder?.pid;
  }

  /** Where a tick lies in the run that is encoded; between two runs, where it would lie in the former. */
  momentOf(tickIndex: number): { readonly frameIndex: number; readonly mediaTimeSec: number } {
    const frameIndex = tickIndex - this.#firstTick;
    return { frameIndex, mediaTimeSec: this.#place.startTimeSec + frameIndex / this.#options.run.canvas.frameRate };
  }

  /** Starts an encoder at this place. Ignored unless one is missing. */
  begin(place: EncoderPlace): void {
    if (this.#state !== 'waiting' || this.#pause !== undefined) return;
    const { clock } = this.#options;
    const pauseMs = this.#notBeforeMs - clock.nowMs();
    if (pauseMs <= 0) {
      this.#start(place);
      return;
    }
    this.#pause = clock.schedule(pauseMs, () => {
      this.#pause = undefined;
      this.#start(place);
    });
  }

  /** Looks whether the ladder fits; to be called with every tick. */
  fitLadder(): void {
    const encodedFrameCount = this.#encoder?.encodedFrameCount ?? 0;
    // An encoder that still starts, on a machine that is busy enough, lags whatever it has to encode.
    if (this.#state !== 'encoding' || encodedFrameCount === 0) return;
    const { clock, feed, run, logger } = this.#options;
    this.#standbys.keep(this.#ladder.droppedCount, encodedFrameCount);
    const { frameRate } = run.canvas;
    const change = this.#ladder.update(clock.nowMs(), {
      backlogSec: feed.backlogFrameCount / frameRate,
      encodedSec: encodedFrameCount / frameRate,
    });
    if (change === 'drop') this.#lose(mixerError('MIXER_ENCODER_OVERLOADED', { details: this.#ladderDetails() }));
    if (change !== 'restore') return;
    logger.info(this.#ladderDetails(), 'encoder has room: a rendition comes back');
    void this.#replace(ladderRestoredCause);
  }

  /** The backlog will never be live again; the next run begins behind a hole. @param isEncoderSlow else the clock stood still */
  fallBehind(behindMs: number, isEncoderSlow: boolean): void {
    const { feed, clock } = this.#options;
    feed.dropBacklog();
    if (this.#state !== 'encoding') return;
    if (isEncoderSlow) this.#ladder.drop(clock.nowMs());
    const details = { behindMs: Math.round(behindMs), ...this.#ladderDetails() };
    this.#lose(mixerError('MIXER_FELL_BEHIND', { details }));
  }

  /** What the encoder of this run writes is of no use. Ignored when it is not the one that runs. */
  refuse(runIndex: number, cause: string): void {
    if (runIndex !== this.#place.runIndex || this.#state !== 'encoding') return;
    this.#options.logger.error({ runIndex, cause }, 'encoder output refused');
    this.#loseFaulty(cause);
  }

  /** Lets the encoder write what it holds. Resolves when it is gone; starts no other. */
  async stop(): Promise<void> {
    const isEncoding = this.#state === 'encoding';
    this.#end();
    const [exit] = await Promise.all([isEncoding ? this.#encoder?.stop() : undefined, this.#standbys.close()]);
    if (exit !== undefined && exit.code !== 0) this.#options.logger.warn({ ...exit }, 'encoder did not end cleanly');
  }

  /** Ends the encoder at once; starts no other. */
  async kill(): Promise<void> {
    this.#end();
    await Promise.all([this.#encoder?.kill(), this.#standbys.close()]);
  }

  #end(): void {
    this.#state = 'over';
    this.#pause?.cancel();
  }

  #start(place: EncoderPlace): void {
    const { run, feed, clock, logger, emit, nextTick, dueMs } = this.#options;
    const { droppedCount } = this.#ladder;
    const firstTick = feed.firstPendingTick ?? nextTick();
    this.#place = place;
    this.#firstTick = firstTick;
    this.#state = 'encoding';
    // From today's wall clock: it may have been set since the run before.
    const frameZeroWallMs = clock.wallMs() + dueMs(firstTick) - clock.nowMs();
    const renditionIds = [...run.video.slice(droppedCount), ...run.audio].map(({ renditionId }) => renditionId);
    const { runIndex, startTimeSec } = place;
    emit({ type: 'runStarted', runIndex, startTimeSec, frameZeroWallMs, renditionIds });
    this.#encoder = this.#standbys.take(droppedCount) ?? this.#createEncoder(droppedCount, startTimeSec);
    this.#encoder.moveTo(startTimeSec);
    const { pid } = this.#encoder;
    logger.info({ runIndex, startTimeSec, renditionIds, pid, waiting: feed.backlogFrameCount }, 'run started');
    feed.attach(this.#encoder);
  }

  #createEncoder(droppedCount: number, startTimeSec: number): Encoder {
    const { run, clock, logger, emit } = this.#options;
    const encoder: Encoder = new Encoder({
      run: { ...run, startTimeSec, video: run.video.slice(droppedCount) },
      clock,
      logger,
      onUnit: (renditionId, { type, bytes }) => emit({ type, renditionId, bytes }),
      onFailed: (error) => this.#onEncoderFailed(encoder, error),
    });
    return encoder;
  }

  #onEncoderFailed(encoder: Encoder, error: RostrumError): void {
    if (this.#standbys.hasLost(encoder, error)) return;
    if (this.#state !== 'encoding' || encoder !== this.#encoder) return;
    this.#options.logger.error({ error, cause: error.cause, ...error.details }, 'encoder lost');
    this.#loseFaulty(error.code);
  }

  /** Counts: an encoder that fails again and again is not started for ever. */
  #loseFaulty(cause: string): void {
    const { clock, onGaveUp } = this.#options;
    const pauseMs = this.#budget.pauseAfterLossMs(clock.nowMs());
    if (pauseMs === undefined) {
      onGaveUp(mixerError('MIXER_ENCODER_UNUSABLE', { details: { cause } }));
      return;
    }
    this.#notBeforeMs = clock.nowMs() + pauseMs;
    void this.#replace(cause);
  }

  /** Does not count: each leaves out rungs, of which there are few, or comes after seconds of lag. */
  #lose(error: RostrumError): void {
    this.#options.logger.warn({ code: error.code, ...error.details }, 'encoder is replaced');
    void this.#replace(error.code);
  }

  /** Kills it; what it has given out stays, what it has not goes to its successor. */
  async #replace(cause: string): Promise<void> {
    const { feed, emit } = this.#options;
    this.#state = 'ending';
    feed.suspend();
    await this.#encoder?.kill();
    feed.detach();
    if ((this.#state as State) === 'over') return;
    this.#state = 'waiting';
    emit({ type: 'runEnded', runIndex: this.#place.runIndex, cause });
  }

  #ladderDetails() {
    return { runIndex: this.#place.runIndex, droppedCount: this.#ladder.droppedCount };
  }
}
