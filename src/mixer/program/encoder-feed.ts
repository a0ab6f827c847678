/** What happens between the tick and the encoder's pipes, above all when the encoder cannot keep up. */
import { type Logger } from '../../core/logger.ts';
import { type FramePool, type ProgramFrame } from './frame-pool.ts';

/** The part of the encoder that is fed. */
export interface FrameConsumer {
  readonly backlogFrameCount: number;
  submit(frame: Uint8Array, sounds: readonly Uint8Array[], onFrameWritten: () => void): void;
}

export interface EncoderFeedOptions {
  readonly encoder: FrameConsumer;
  readonly pool: FramePool;
  readonly logger: Logger;
  /** Frames per second. */
  readonly frameRate: number;
  /** The encoder is too far behind to ever be live again; nothing more is queued. May be called often. */
  readonly onFellBehind: (behindMs: number) => void;
}

/** Backlog from which each policy holds, in seconds of program. */
export const backlogLimitsSec = { warn: 0.5, repeat: 2, giveUp: 4 } as const;

/** `repeat`: the last frame again, which costs x264 next to nothing. */
type FeedPolicy = 'compose' | 'repeat' | 'giveUp';

/**
 * Bounded by construction: from 2 s of backlog on no new frame is queued (only references to the last one), from 4 s
 * on it gives up. Picture and sound are always treated alike, so they cannot drift apart.
 */
export class EncoderFeed {
  readonly #options: EncoderFeedOptions;
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

  /** Hands one frame over. `compose` fills a frame and is not called when the last one is shown again. */
  push(sounds: readonly Uint8Array[], isRepeat: boolean, compose: (frame: ProgramFrame) => void): void {
    const policy = this.#policy();
    if (policy === 'giveUp') return;
    if (policy === 'repeat' && !isRepeat) this.#repeatedFrameCount++;
    const { pool, encoder } = this.#options;
    const shown = policy === 'repeat' || isRepeat ? this.#last : undefined;
    const frame = shown ?? this.#composed(compose);
    pool.retain(frame);
    encoder.submit(frame.picture.data, sounds, () => pool.release(frame));
  }

  /** Gives the last frame back. */
  close(): void {
    if (this.#last !== undefined) this.#options.pool.release(this.#last);
    this.#last = undefined;
  }

  #composed(compose: (frame: ProgramFrame) => void): ProgramFrame {
    const frame = this.#options.pool.acquire();
    compose(frame);
    this.close();
    this.#last = frame;
    return frame;
  }

  #policy(): FeedPolicy {
    const { encoder, frameRate, logger } = this.#options;
    const backlogSec = encoder.backlogFrameCount / frameRate;
    const isLagging = backlogSec > backlogLimitsSec.warn;
    if (isLagging !== this.#isLagging) {
      this.#isLagging = isLagging;
      if (isLagging) logger.warn({ backlogSec }, 'encoder lags behind');
      else logger.info({ repeatedFrameCount: this.#repeatedFrameCount }, 'encoder has caught up');
    }
    if (backlogSec > backlogLimitsSec.giveUp) {
      this.#options.onFellBehind(backlogSec * 1000);
      return 'giveUp';
    }
    return backlogSec > backlogLimitsSec.repeat ? 'repeat' : 'compose';
  }
}
