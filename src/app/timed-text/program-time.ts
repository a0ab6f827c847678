/** Times of captions and marks: given by the program's clock or the cameras', taken as program time. Pure. */

/** A correction of what was said; what is too late for viewers goes into the recording. */
export const maxBehindMs = 10 * 60_000;
/** Enough for a script that is sent ahead by sentences. */
export const maxAheadMs = 5 * 60_000;

export interface ProgramClock {
  readonly nowMs: number;
  /** Capture plus this is program time. */
  readonly playoutDelayMs: number;
}

/** @param clock whose time it is: what was captured then is seen later */
export function toProgramMs(
  at: number | 'now',
  clock: 'program' | 'capture',
  { nowMs, playoutDelayMs }: ProgramClock,
): number {
  return (at === 'now' ? nowMs : at) + (clock === 'capture' ? playoutDelayMs : 0);
}

/** Whether somebody can mean that time now. */
export function isNearNow({ startMs, endMs }: { startMs: number; endMs: number }, nowMs: number): boolean {
  return endMs >= nowMs - maxBehindMs && startMs <= nowMs + maxAheadMs;
}
