/** Adds up how playback went since the last report. Pure. */
import type { Beacon } from '../../../src/signaling/protocol/index.ts';
import { type StallCounter } from './stall-counter.ts';

/** What can be read off the player at one moment. */
export interface PlaybackReading {
  readonly isPlaying: boolean;
  readonly currentTimeSec: number;
  readonly stalls: StallCounter;
  readonly latencyMs: number | undefined;
  readonly heightPx: number;
  /** Fatal errors since the page was opened. */
  readonly errorCount: number;
}

export type PlaybackReport = Omit<Beacon, 'pass' | 'sequence' | 'isLeaving'>;

/** A tick that comes later than this was a page asleep: the program did not move for all of it. */
const maxTickMs = 2000;
/** What one report may claim. */
const maxReportMs = 60_000;
const maxCount = 1000;

export class PlaybackTally {
  #nowMs: number | undefined;
  #last: PlaybackReading | undefined;
  /** Whether anything was observed since the last report. */
  #isFresh = false;
  #watchedMs = 0;
  #reported = { stallCount: 0, stalledMs: 0, errorCount: 0 };
  #joinMs: number | undefined;

  /** @param joinMs from wanting to watch to the first picture */
  noteJoin(joinMs: number): void {
    this.#joinMs ??= Math.round(Math.min(600_000, Math.max(0, joinMs)));
  }

  /** To be called twice a second or so. @param nowMs monotonic */
  observe(nowMs: number, reading: PlaybackReading): void {
    const sinceMs = nowMs - (this.#nowMs ?? nowMs);
    const hasMoved = this.#last !== undefined && reading.currentTimeSec > this.#last.currentTimeSec;
    if (reading.isPlaying && hasMoved) this.#watchedMs += Math.min(sinceMs, maxTickMs);
    this.#nowMs = nowMs;
    this.#last = reading;
    this.#isFresh = true;
  }

  /**
   * What is new since the last report; undefined when nothing was observed since: there is no player.
   * @param isLast whoever was observed before says goodbye, once, also right behind a report
   */
  take(isLast = false): PlaybackReport | undefined {
    const reading = this.#last;
    if (reading === undefined || !(this.#isFresh || isLast)) return undefined;
    this.#isFresh = false;
    if (isLast) this.#last = undefined;
    const stalledMs = stalledMsOf(reading.stalls, this.#nowMs!);
    const { stallCount } = reading.stalls;
    const { errorCount } = reading;
    const report = {
      isPlaying: reading.isPlaying,
      watchedMs: atMost(maxReportMs, this.#watchedMs),
      stallCount: atMost(maxCount, stallCount - this.#reported.stallCount),
      stalledMs: atMost(maxReportMs, stalledMs - this.#reported.stalledMs),
      errorCount: atMost(maxCount, errorCount - this.#reported.errorCount),
      ...(reading.latencyMs !== undefined && { latencyMs: atMost(86_400_000, reading.latencyMs) }),
      ...(reading.heightPx > 0 && { heightPx: atMost(10_000, reading.heightPx) }),
      ...(this.#joinMs !== undefined && this.#joinMs >= 0 && { joinMs: this.#joinMs }),
    };
    this.#watchedMs = 0;
    this.#reported = { stallCount, stalledMs, errorCount };
    // Once told, never again.
    if (this.#joinMs !== undefined) this.#joinMs = -1;
    return report;
  }
}

/** The running stall counts while it lasts. */
function stalledMsOf({ stalledMs, stalledSinceMs }: StallCounter, nowMs: number): number {
  return stalledMs + (stalledSinceMs === undefined ? 0 : Math.max(0, nowMs - stalledSinceMs));
}

function atMost(max: number, value: number): number {
  return Math.round(Math.min(max, Math.max(0, value)));
}
