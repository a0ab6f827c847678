/** How long to wait before the store is asked again. Pure. */

const firstMs = 250;
const longestMs = 2000;

/** @param attempt 0 after the first failure. @param random 0 <= random < 1: not everything comes back at the same moment */
export function retryDelayMs(attempt: number, random: number): number {
  const wholeMs = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10));
  return wholeMs * (0.5 + random / 2);
}
