/** Retrying: delays that grow, with jitter. */
import { type Clock } from '../core/clock.ts';
import { type RostrumError, toRostrumError } from '../core/errors.ts';
import { pause } from '../core/pause.ts';

export interface RetryPolicy {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Delay before try `attempt` (1 = first repetition): doubles up to the maximum; the last half is random, so that
 * many who failed together do not come back together.
 * @param random 0..1. Pure.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: number): number {
  const fullMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(attempt - 1, 30));
  return fullMs / 2 + (fullMs / 2) * random;
}

export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onRetry: (error: RostrumError, attempt: number) => void;
}

/** Repeats `work` until it succeeds, without a last try. Rejects with its coded error when that is not retryable, or on abort. */
export async function withRetries<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { policy, clock, signal, onRetry } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      const error = toRostrumError(thrown);
      if (!error.retryable || signal.aborted) throw error;
      onRetry(error, attempt);
      await pause(clock, retryDelayMs(policy, attempt, Math.random()), signal);
    }
  }
}
