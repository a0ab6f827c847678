/** What a viewer does about a player error: one decision point, pure, in the player-neutral words of `PlayerError`. */
import { backoffDelayMs, playerReloadBackoff } from '../lib/backoff.ts';

export interface PlayerError {
  /** Who failed: fetching (`network`), decoding or appending (`media`), or anything else. */
  readonly kind: 'network' | 'media' | 'other';
  /** False when the player goes on by itself. */
  readonly isFatal: boolean;
  /** Status of the failed request, undefined when there was none. */
  readonly httpStatus: number | undefined;
  /** The player's own word, for counting and logs only. */
  readonly details: string;
}

/** An error as it is kept for tests and support. */
export interface RememberedError extends PlayerError {
  /** Monotonic ms (`performance.now()`). */
  readonly atMs: number;
}

export type RecoveryAction =
  | { readonly do: 'nothing' }
  /** Detach and attach the media source of the same player. */
  | { readonly do: 'recover-media' }
  /** Throw the player away and make a new one after the delay. */
  | { readonly do: 'rebuild'; readonly delayMs: number }
  /** Ask the server whether the event is still on, then rebuild after the delay or show that it ended. */
  | { readonly do: 'check-event'; readonly delayMs: number };

export interface RecoveryState {
  readonly lastMediaRecoveryMs: number | undefined;
  /** Attempts since the last stretch of healthy playback. */
  readonly attempt: number;
}

export const initialRecovery: RecoveryState = { lastMediaRecoveryMs: undefined, attempt: 0 };

/** recoverMediaError at most this often; sooner means the same decoder fails again (llhls.md 3.14). */
export const mediaRecoveryPeriodMs = 5000;
/** Playing this long without a fatal error forgets earlier attempts. */
export const healthyPlaybackMs = 20_000;

/**
 * @param nowMs monotonic time.
 * @param random uniform number, 0 <= random < 1.
 */
export function decideRecovery(
  state: RecoveryState,
  error: PlayerError,
  nowMs: number,
  random: number,
): { readonly state: RecoveryState; readonly action: RecoveryAction } {
  if (!error.isFatal) return { state, action: { do: 'nothing' } };
  if (error.kind === 'media' && mayRecoverMedia(state, nowMs)) {
    return { state: { ...state, lastMediaRecoveryMs: nowMs }, action: { do: 'recover-media' } };
  }
  const next = { ...state, attempt: state.attempt + 1 };
  const delayMs = backoffDelayMs(playerReloadBackoff, state.attempt, random);
  if (error.kind === 'network') return { state: next, action: { do: 'check-event', delayMs } };
  // A decoder that failed twice gets a fresh element at once; only repeated failures wait.
  return { state: next, action: { do: 'rebuild', delayMs: state.attempt === 0 ? 0 : delayMs } };
}

function mayRecoverMedia(state: RecoveryState, nowMs: number): boolean {
  return state.lastMediaRecoveryMs === undefined || nowMs - state.lastMediaRecoveryMs >= mediaRecoveryPeriodMs;
}
