/** Matches timecodes that were seen on a screen with the moments a camera showed them. Pure. */

export interface Timecode {
  /** Number of the picture, modulo `counterCount`. */
  readonly counter: number;
  /** Wall time, ms since the Unix epoch. */
  readonly atMs: number;
}

export interface MatchedTimecodes {
  /** From shown to first seen, one per picture that was seen, in the order of seeing. */
  readonly delaysMs: readonly number[];
  /** Seen, but never shown before: a reading error, or a picture from before the log begins. */
  readonly unmatchedCount: number;
}

/**
 * The delay of a picture is the time from its last showing to its first appearance; a picture that stays on the
 * screen counts once. Counters may start over as long as one round takes longer than the delay.
 * @param shown in order of time
 * @param seen in order of time
 */
export function matchTimecodes(shown: readonly Timecode[], seen: readonly Timecode[]): MatchedTimecodes {
  const delaysMs: number[] = [];
  let unmatchedCount = 0;
  let lastCounter: number | undefined;
  const shownTimes = Map.groupBy(shown, ({ counter }) => counter);
  for (const { counter, atMs } of seen) {
    if (counter === lastCounter) continue;
    lastCounter = counter;
    const origin = shownTimes.get(counter)?.findLast((candidate) => candidate.atMs <= atMs);
    if (origin === undefined) unmatchedCount++;
    else delaysMs.push(atMs - origin.atMs);
  }
  return { delaysMs, unmatchedCount };
}
