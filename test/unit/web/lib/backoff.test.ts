import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoffDelayMs,
  endedBackoff,
  playerReloadBackoff,
  stageBackoff,
  waitingBackoff,
} from '../../../../web/src/lib/backoff.ts';

const middle = 0.5;

describe('backoffDelayMs', () => {
  it('gives 2, 4, 8, 8 s for fatal network errors of the player', () => {
    const delays = [0, 1, 2, 3].map((attempt) => backoffDelayMs(playerReloadBackoff, attempt, middle));
    expect(delays).toEqual([2000, 4000, 8000, 8000]);
  });

  it('polls every 2 to 5 s before the event, spread by a fifth', () => {
    expect(backoffDelayMs(waitingBackoff, 0, 0)).toBe(1600);
    expect(backoffDelayMs(waitingBackoff, 100, middle)).toBe(5000);
    expect(backoffDelayMs(waitingBackoff, 100, 0.999_999)).toBe(6000);
  });

  it('stays finite, whole and within the jitter of its bounds for any attempt', () => {
    const policies = fc.constantFrom(playerReloadBackoff, waitingBackoff, stageBackoff, endedBackoff);
    fc.assert(
      fc.property(policies, fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (policy, attempt, random) => {
        const delayMs = backoffDelayMs(policy, attempt, random);
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(policy.firstDelayMs * (1 - policy.jitterRatio)));
        expect(delayMs).toBeLessThanOrEqual(Math.ceil(policy.maxDelayMs * (1 + policy.jitterRatio)));
      }),
    );
  });
});
