/** What lies between the tick and the encoder: frames that no encoder has given out yet, and what happens when they pile up. */
import { type Logger } from '../../core/logger.ts';
import { type FramePool, type ProgramFrame } from './frame-pool.ts';

/** The part of the encoder that is fed. */
export interface FrameConsumer {
  /** Of the frames submitted, how many have come out in every size. */
  readonly encodedFrameCount: number;
  submit(frame: Uint8Array, sounds: readonly Uint8Array[], onFrameWritten: () => void): void;
}

export interface EncoderFeedOptions {
  readonly pool: FramePool;
  readonly logger: Logger;
  /** Frames per second. */
  readonly frameRate: number;
  /** The backlog will never be live again. Nothing more is queued until `dropBacklog`; may be called often. */
  readonly onFellBehind: (behindMs: number) => void;
}

/**
 * Backlog from which each policy holds, in seconds of program. `giveUp` counts what came since the encoder was attached:
 * what it inherited is not its fault, and most of it is repeats; `giveUpAll` counts everything.
 */
export const backlogLimitsSec = { warn: 0.5, repeat: 2, giveUp: 4, giveUpAll: 8 } as const;

/** `repeat`: the last frame again, which costs x264 next to nothing. */
type FeedPolicy = 'compose' | 'repeat' | 'giveUp';

interface PendingFrame {
  readonly tickIndex: number;
  readonly frame: ProgramFrame;
  readonly sounds: readonly Uint8Array[];
}

/**
 * Outlives its encoders: what one of them took with it, and what came while there was none, goes to the next, so that
 * an encoder's death costs no program. Bounded by construction: from 2 s of backlog on no new frame is queued (only
 * references to the last one), from 4 s on, or 8 s with what was inherited, it gives up. Picture and sound are always treated alike, so they cannot
 * drift apart.
 */
export class EncoderFeed {
  readonly #options: EncoderFeedOptions;
  /** Oldest first, without a hole: a run begins with the first of them. */
  readonly #pending: PendingFrame[] = [];
  #encoder: FrameConsumer | undefined;
  #isSubmitting = false;
  /** Frames of this encoder that are no longer pending. */
  #settledFrameCount = 0;
  /** Frames that waited for this encoder when it was attached. */
  #inheritedFrameCount = 0;
  #last: ProgramFrame | undefined;
  #isLagging = false;
  #repeatedFrameCount = 0;

  constructor(options: EncoderFeedOptions) {
    this.#options = options;
  }

  /** Frames that showed the one before because the encoder lagged. */
  get repeatedFrameCount(): number {
    return this.#repeatedFrameCount;
  }

  /** Frames that have not come out of an encoder; two or three in good health. */
  get backlogFrameCount(): number {
    this.#settle();
    return this.#pending.length;
  }

  /** Tick of the oldest frame that waits; undefined when none does. */
  get firstPendingTick(): number | undefined {
    this.#settle();
    return this.#pending[0]?.tickIndex;
  }

  /** Hands one frame over. `compose` fills a frame and is not called when the last one is shown again. */
  push(
    tickIndex: number,
    sounds: readonly Uint8Array[],
    isRepeat: boolean,
    compose: (frame: ProgramFrame) => void,
  ): void {
    const policy = this.#policy();
    if (policy === 'giveUp') return;
    if (policy === 'repeat' && !isRepeat) this.#repeatedFrameCount++;
    const shown = policy === 'repeat' || isRepeat ? this.#last : undefined;
    const frame = shown ?? this.#composed(compose);
    this.#options.pool.retain(frame);
    const pending = { tickIndex, frame, sounds };
    this.#pending.push(pending);
    if (this.#isSubmitting) this.#submit(pending);
  }

  /** From now on this encoder gets everything, beginning with what waits. */
  attach(encoder: FrameConsumer): void {
    this.#encoder = encoder;
    this.#settledFrameCount = 0;
    this.#inheritedFrameCount = this.#pending.length;
    this.#isSubmitting = true;
    for (const pending of this.#pending) this.#submit(pending);
  }

  /** The encoder gets nothing more, but what it still gives out counts. */
  suspend(): void {
    this.#isSubmitting = false;
  }

  /** The encoder gives out nothing more: what it has not given out waits for the next. */
  detach(): void {
    this.#settle();
    this.#encoder = undefined;
    this.#settledFrameCount = 0;
    this.#inheritedFrameCount = this.#pending.length;
    this.#isSubmitting = false;
  }

  /** Detaches, and forgets what waits: the next run begins behind a hole. */
  dropBacklog(): void {
    this.detach();
    this.#inheritedFrameCount = 0;
    for (const { frame } of this.#pending.splice(0)) this.#options.pool.release(frame);
  }

  /** Gives every frame back. */
  close(): void {
    this.dropBacklog();
    this.#releaseLast();
  }

  #submit({ frame, sounds }: PendingFrame): void {
    const { pool } = this.#options;
    pool.retain(frame);
    this.#encoder!.submit(frame.picture.data, sounds, () => pool.release(frame));
  }

  #settle(): void {
    const encodedFrameCount = this.#encoder?.encodedFrameCount ?? 0;
    while (this.#settledFrameCount < encodedFrameCount) {
      this.#settledFrameCount++;
      this.#options.pool.release(this.#pending.shift()!.frame);
    }
  }

  #composed(compose: (frame: ProgramFrame) => void): ProgramFrame {
    const frame = this.#options.pool.acquire();
    compose(frame);
    this.#releaseLast();
    this.#last = frame;
    return frame;
  }

  #releaseLast(): void {
    if (this.#last !== undefined) this.#options.pool.release(this.#last);
    this.#last = undefined;
  }

  #policy(): FeedPolicy {
    const { frameRate, logger } = this.#options;
    const backlogSec = this.backlogFrameCount / frameRate;
    const isLagging = backlogSec > backlogLimitsSec.warn;
    if (isLagging !== this.#isLagging) {
      this.#isLagging = isLagging;
      if (isLagging) logger.warn({ backlogSec }, 'encoder lags behind');
      else logger.info({ repeatedFrameCount: this.#repeatedFrameCount }, 'encoder has caught up');
    }
    const inheritedSec = Math.max(0, this.#inheritedFrameCount - this.#settledFrameCount) / frameRate;
    const { giveUp, giveUpAll } = backlogLimitsSec;
    if (backlogSec > giveUpAll || backlogSec - inheritedSec > giveUp) {
      this.#options.onFellBehind(backlogSec * 1000);
      return 'giveUp';
    }
    return backlogSec > backlogLimitsSec.repeat ? 'repeat' : 'compose';
  }
}
