/** When a caption is shown live: as it says, or, when its segment is closed already, as soon as viewers can still get it. Pure. */

/** A span of program time: wall time of composed frames, ms since the Unix epoch. */
export interface ProgramSpan {
  readonly startMs: number;
  /** Behind `startMs`. */
  readonly endMs: number;
}

export interface PlacedSpan extends ProgramSpan {
  /** Ms behind its true start; 0 for a caption that came in time. */
  readonly delayMs: number;
}

/** A caption that ended longer ago than this helps nobody any more: it would be read with another scene. */
export const maxLateMs = 10_000;
/** A caption that was late stays long enough to be read, although viewers near the live edge miss its beginning. */
const minLateShownMs = 2000;
/** Late captions follow each other; one that would have to wait longer than this shares the picture instead. */
const maxQueueMs = 6000;

/**
 * Captions come two to four seconds after the words, and a segment that is closed never changes. So a late one begins where
 * the open segment begins and keeps the time that it has to be read; what comes next waits for its turn.
 * @param openFromMs program time from which on segments are open
 * @param lateUntilMs where the last late caption of this language ends; before everything when there was none
 * @returns undefined when it is too late to be shown
 */
export function placeCaption(span: ProgramSpan, openFromMs: number, lateUntilMs: number): PlacedSpan | undefined {
  if (span.startMs >= openFromMs) return { ...span, delayMs: 0 };
  if (span.endMs < openFromMs - maxLateMs) return undefined;
  const startMs = lateUntilMs <= openFromMs + maxQueueMs ? Math.max(openFromMs, lateUntilMs) : openFromMs;
  const shownMs = Math.max(span.endMs - span.startMs, minLateShownMs);
  return { startMs, endMs: startMs + shownMs, delayMs: startMs - span.startMs };
}
