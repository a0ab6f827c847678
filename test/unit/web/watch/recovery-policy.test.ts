import { describe, expect, it } from 'vitest';
import {
  decideRecovery,
  initialRecovery,
  mediaRecoveryPeriodMs,
  type PlayerError,
} from '../../../../web/src/watch/recovery-policy.ts';

const error = (patch: Partial<PlayerError>): PlayerError => ({
  kind: 'network',
  isFatal: true,
  httpStatus: undefined,
  details: 'x',
  ...patch,
});
const middle = 0.5;

describe('decideRecovery', () => {
  it('does nothing about errors that are not fatal, of any kind', () => {
    for (const kind of ['network', 'media', 'other'] as const) {
      const decided = decideRecovery(initialRecovery, error({ kind, isFatal: false }), 0, middle);
      expect(decided).toEqual({ state: initialRecovery, action: { do: 'nothing' } });
    }
  });

  it('recovers media once, then rebuilds when it fails again within 5 s', () => {
    const first = decideRecovery(initialRecovery, error({ kind: 'media' }), 1000, middle);
    expect(first.action).toEqual({ do: 'recover-media' });
    const second = decideRecovery(first.state, error({ kind: 'media' }), 1000 + mediaRecoveryPeriodMs - 1, middle);
    expect(second.action).toEqual({ do: 'rebuild', delayMs: 0 });
  });

  it('recovers media again after 5 s', () => {
    const first = decideRecovery(initialRecovery, error({ kind: 'media' }), 1000, middle);
    const later = decideRecovery(first.state, error({ kind: 'media' }), 1000 + mediaRecoveryPeriodMs, middle);
    expect(later.action).toEqual({ do: 'recover-media' });
  });

  it('asks about the event after network errors, with delays of 2, 4, 8, 8 s', () => {
    let state = initialRecovery;
    const delays: unknown[] = [];
    for (let index = 0; index < 4; index += 1) {
      const decided = decideRecovery(state, error({ kind: 'network' }), index, middle);
      state = decided.state;
      delays.push(decided.action);
    }
    expect(delays).toEqual([2000, 4000, 8000, 8000].map((delayMs) => ({ do: 'check-event', delayMs })));
  });

  it('rebuilds after other errors at once, then with delays', () => {
    const first = decideRecovery(initialRecovery, error({ kind: 'other' }), 0, middle);
    const second = decideRecovery(first.state, error({ kind: 'other' }), 0, middle);
    expect([first.action, second.action]).toEqual([
      { do: 'rebuild', delayMs: 0 },
      { do: 'rebuild', delayMs: 4000 },
    ]);
  });
});
