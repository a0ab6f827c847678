/** Delays between attempts: policy as data, the delay a pure function of the attempt and a random number. */

export interface BackoffPolicy {
  readonly firstDelayMs: number;
  /** Multiplies the delay after each attempt, >= 1. */
  readonly factor: number;
  readonly maxDelayMs: number;
  /** Share of the delay that is random, 0..1: 0.25 spreads by +-25 %, so that many viewers do not return at once. */
  readonly jitterRatio: number;
}

/** Fatal network errors of the player: 2, 4, 8 s (llhls.md 3.14). */
export const playerReloadBackoff: BackoffPolicy = {
  firstDelayMs: 2000,
  factor: 2,
  maxDelayMs: 8000,
  jitterRatio: 0.25,
};
/** Polling before the event: 2 to 5 s. */
export const waitingBackoff: BackoffPolicy = { firstDelayMs: 2000, factor: 1.25, maxDelayMs: 5000, jitterRatio: 0.2 };
/** Rejoining the stage and rebuilding transports. */
export const stageBackoff: BackoffPolicy = { firstDelayMs: 500, factor: 2, maxDelayMs: 8000, jitterRatio: 0.3 };
/** Coming back to the conversation: patiently, since a whole audience does it at once when a server starts anew. */
export const audienceBackoff: BackoffPolicy = { firstDelayMs: 1000, factor: 2, maxDelayMs: 30_000, jitterRatio: 0.5 };
/** After the event: viewers stay for a possible second act, but slowly. */
export const endedBackoff: BackoffPolicy = { firstDelayMs: 5000, factor: 1.5, maxDelayMs: 30_000, jitterRatio: 0.3 };

/**
 * @param attempt 0 for the first delay.
 * @param random uniform number, 0 <= random < 1.
 * @returns integer ms, never above `maxDelayMs * (1 + jitterRatio)`.
 */
export function backoffDelayMs(policy: BackoffPolicy, attempt: number, random: number): number {
  const exponent = Math.min(Math.max(0, attempt), 32);
  const delayMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** exponent);
  return Math.round(delayMs * (1 + policy.jitterRatio * (2 * random - 1)));
}
