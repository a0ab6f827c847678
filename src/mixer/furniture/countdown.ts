/** The time on a countdown slate. Pure. */

const longest = 100 * 3600 - 1;

/**
 * Whole seconds left, counted in frames: a number stays for exactly one second of program and 0 begins at the end.
 * @param leftFrameCount frames until the end, any sign; whole. @param frameRate frames per second.
 * @returns 0..359999
 */
export function countdownSeconds(leftFrameCount: number, frameRate: number): number {
  return Math.min(longest, Math.max(0, Math.ceil(leftFrameCount / frameRate)));
}

/** `mm:ss`, or `h:mm:ss` from an hour on. */
export function formatCountdown(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const tail = `${two(minutes % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? tail : `${hours}:${tail}`;
}
