/**
 * Where the next player loads the program from: the origin, or the store that the server also brings it to. Goes there when
 * the origin cannot be reached, and looks out for the way back.
 */
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { type PlayerError } from './recovery-policy.ts';

/** How often the origin is tried, with a spread of half of it: an audience must not come back at the same moment. */
const lookPeriodMs = 10_000;
/** One good answer may be luck. */
const goodLooksToReturn = 2;

export interface StreamAddresses {
  readonly hlsUrl: string;
  /** Null when the program is nowhere else. */
  readonly fallbackHlsUrl: string | null;
}

export interface StreamSourceOptions {
  readonly scheduler: Scheduler;
  /** Never rejects. */
  readonly isReachable: (url: string) => Promise<boolean>;
  /** The origin is there again: the next address is its own. */
  readonly onReturn: () => void;
}

export class StreamSource {
  readonly #options: StreamSourceOptions;
  #fallback: StreamAddresses | undefined;
  #goodLookCount = 0;
  #lookTimer: Timer | undefined;

  constructor(options: StreamSourceOptions) {
    this.#options = options;
  }

  get isFallback(): boolean {
    return this.#fallback !== undefined;
  }

  /** For the next player. */
  urlOf({ hlsUrl, fallbackHlsUrl }: StreamAddresses): string {
    return this.isFallback ? (fallbackHlsUrl ?? hlsUrl) : hlsUrl;
  }

  /**
   * A player lost the program for good.
   * @param isOnline false when this device has no network at all: then no address is better than another
   * @returns true when the other address is to be tried at once
   */
  failed(addresses: StreamAddresses | undefined, error: PlayerError, isOnline: boolean): boolean {
    if (error.kind !== 'network') return false;
    if (this.isFallback) {
      this.reset();
      return false;
    }
    // Whoever says that there is no such program can be reached.
    const isAnswer = error.httpStatus !== undefined && error.httpStatus >= 400 && error.httpStatus < 500;
    const isElsewhere = typeof addresses?.fallbackHlsUrl === 'string';
    if (addresses === undefined || !isElsewhere || isAnswer || !isOnline) return false;
    this.#fallback = addresses;
    this.#goodLookCount = 0;
    this.#lookLater();
    return true;
  }

  /** Back to the origin, without a word. */
  reset(): void {
    this.#fallback = undefined;
    this.#lookTimer?.cancel();
    this.#lookTimer = undefined;
  }

  #lookLater(): void {
    const delayMs = lookPeriodMs * (0.75 + Math.random() / 2);
    this.#lookTimer = this.#options.scheduler.schedule(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const looked = this.#fallback;
    if (looked === undefined) return;
    const isGood = await this.#options.isReachable(looked.hlsUrl);
    if (this.#fallback !== looked) return;
    this.#goodLookCount = isGood ? this.#goodLookCount + 1 : 0;
    if (this.#goodLookCount < goodLooksToReturn) return this.#lookLater();
    this.reset();
    this.#options.onReturn();
  }
}
