/** Captions of one language: takes cues at any time, gives each segment its WebVTT when it closes. */
import { type WebVttCue, writeWebVttSegment } from '../../media/webvtt/index.ts';
import { placeCaption, type PlacedSpan, type ProgramSpan } from './placement.ts';

export interface CaptionCue extends ProgramSpan {
  /** Unique within the program: `[A-Za-z0-9-]+`. */
  readonly cueId: string;
  /** Plain text, one line, not empty. */
  readonly text: string;
}

/** A segment that closes, and how program time maps to media time in its run. All in ms; fractions count. */
export interface CaptionSegmentSpan {
  /** Media time. */
  readonly startMs: number;
  readonly endMs: number;
  /** Media time at which the run begins, and the wall time of that frame. */
  readonly runStartMs: number;
  readonly runStartWallMs: number;
}

/** Cues that wait for their segment or last; more are refused. */
export const maxWaitingCueCount = 200;

export class CaptionTrack {
  #waiting: CaptionCue[] = [];
  #lateUntilMs = -Infinity;

  /** How many more cues it takes now. */
  get room(): number {
    return maxWaitingCueCount - this.#waiting.length;
  }

  /** @returns when it will be shown; undefined when it is too late to be. The caller has asked for `room`. */
  add(cue: CaptionCue, openFromMs: number): PlacedSpan | undefined {
    const placed = placeCaption(cue, openFromMs, this.#lateUntilMs);
    if (placed === undefined) return undefined;
    if (placed.delayMs > 0) this.#lateUntilMs = Math.max(this.#lateUntilMs, placed.endMs);
    this.#waiting.push({ ...cue, startMs: placed.startMs, endMs: placed.endMs });
    return placed;
  }

  /**
   * The segment's text: every cue that overlaps it, with its whole time (rule 60). A cue that began in the run before begins
   * with this one: media times of two runs never overlap. Forgets what ends before the segment does.
   */
  closeSegment(span: CaptionSegmentSpan): string {
    const mapped = this.#waiting.map((cue) => ({ cue, shown: toMediaTime(cue, span) }));
    this.#waiting = mapped.filter(({ shown }) => shown.endMs > span.endMs).map(({ cue }) => cue);
    const overlapping = mapped
      .map(({ shown }) => shown)
      .filter(({ startMs, endMs }) => startMs < span.endMs && endMs > span.startMs && endMs > startMs);
    // In order of their starts, as a WebVTT file has to be (§4.1).
    return writeWebVttSegment(overlapping.sort((a, b) => a.startMs - b.startMs));
  }
}

/** Whole ms, the same in every segment of the run, because they are counted from its beginning. */
function toMediaTime({ cueId, text, startMs, endMs }: CaptionCue, span: CaptionSegmentSpan): WebVttCue {
  const mediaMs = (wallMs: number) => Math.round(span.runStartMs + wallMs - span.runStartWallMs);
  return { cueId, text, startMs: Math.max(mediaMs(startMs), Math.round(span.runStartMs)), endMs: mediaMs(endMs) };
}
