/**
 * Where the next player loads the program from: the origin, or the store that the server also brings it to. Goes there when
 * the origin cannot be reached, and looks out for the way back.
 */
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { type PlayerError } from './recovery-policy.ts';

/** How often the origin is looked at, with a spread of half of it: an audience must not come back at the same moment. */
const lookPeriodMs = 10_000;
/** Whoever goes back and forth does so more and more seldom. */
const longestPeriodMs = 300_000;
/** A return that fails so soon was a mistake. */
const trialMs = 60_000;
/** The store did not have it either: then it is not tried again for a while. */
const firstBanMs = 60_000;
const longestBanMs = 600_000;
/** Who has gone back would lose the place: a few tries more are better. */
const patientAttempts = 3;

/** Answers that say: here you are right, and there is no such thing, or not for you. */
const verdictStatuses: ReadonlySet<number | undefined> = new Set([401, 403, 404, 410]);

export interface StreamAddresses {
  readonly hlsUrl: string;
  /** Null when the program is nowhere else. */
  readonly fallbackHlsUrl: string | null;
}

/** How it stands with a viewer whose player lost the program for good. */
export interface LostPlayer {
  readonly error: PlayerError;
  /** False when this device has no network at all: then no address is better than another. */
  readonly isOnline: boolean;
  /** The viewer has gone back. */
  readonly isShifted: boolean;
  /** Since the last stretch of healthy playback, this one included. */
  readonly attempt: number;
}

export interface StreamSourceOptions {
  readonly scheduler: Scheduler;
  /** What the program's first media playlist says now; undefined when it cannot be had. Never rejects. */
  readonly readProgram: (url: string) => Promise<string | undefined>;
  /** The origin is there again: the next address is its own. */
  readonly onReturn: () => void;
}

export class StreamSource {
  readonly #options: StreamSourceOptions;
  #fallback: StreamAddresses | undefined;
  #lastSeen: string | undefined;
  #lookTimer: Timer | undefined;
  #periodMs = lookPeriodMs;
  #returnedAtMs = -Infinity;
  #banMs = firstBanMs;
  #bannedUntilMs = -Infinity;

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

  /** A player lost the program for good. @returns true when the store is to be tried */
  failed(addresses: StreamAddresses | undefined, lost: LostPlayer): boolean {
    const { error, isOnline } = lost;
    if (error.kind !== 'network') return false;
    const nowMs = this.#options.scheduler.nowMs();
    if (this.isFallback) {
      if (isOnline) this.#ban(nowMs);
      this.reset();
      return false;
    }
    const isElsewhere = typeof addresses?.fallbackHlsUrl === 'string';
    if (addresses === undefined || !isElsewhere || !isOnline || verdictStatuses.has(error.httpStatus)) return false;
    if (nowMs < this.#bannedUntilMs || (lost.isShifted && lost.attempt < patientAttempts)) return false;
    const isTrial = nowMs - this.#returnedAtMs < trialMs;
    this.#periodMs = isTrial ? Math.min(2 * this.#periodMs, longestPeriodMs) : lookPeriodMs;
    this.#fallback = addresses;
    this.#lastSeen = undefined;
    this.#lookLater();
    return true;
  }

  /** Back to the origin, without a word. */
  reset(): void {
    this.#fallback = undefined;
    this.#lookTimer?.cancel();
    this.#lookTimer = undefined;
  }

  #ban(nowMs: number): void {
    this.#bannedUntilMs = nowMs + this.#banMs;
    this.#banMs = Math.min(2 * this.#banMs, longestBanMs);
  }

  #lookLater(): void {
    const delayMs = this.#periodMs * (0.75 + Math.random() / 2);
    this.#lookTimer = this.#options.scheduler.schedule(delayMs, () => void this.#look());
  }

  /** One good answer may be luck, or a cache's; two that differ are a program that goes on. */
  async #look(): Promise<void> {
    const looked = this.#fallback;
    if (looked === undefined) return;
    const seen = await this.#options.readProgram(looked.hlsUrl);
    if (this.#fallback !== looked) return;
    const goesOn = seen !== undefined && this.#lastSeen !== undefined && seen !== this.#lastSeen;
    this.#lastSeen = seen;
    if (!goesOn) return this.#lookLater();
    this.reset();
    this.#returnedAtMs = this.#options.scheduler.nowMs();
    this.#banMs = firstBanMs;
    this.#options.onReturn();
  }
}
