import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { TransportRecovery } from '../../../../web/src/stage/transport-recovery.ts';

function setUp() {
  const clock = new FakeClock();
  const done: string[] = [];
  const note = (what: string) => async () => void done.push(what);
  const recovery = new TransportRecovery(clock, {
    restartIce: note('restart'),
    rebuild: note('rebuild'),
    giveUp: () => done.push('give up'),
    onHealth: (health) => done.push(health),
  });
  return { clock, done, recovery };
}

describe('TransportRecovery.suspend and resume', () => {
  it('a path that was never lost is looked for anew, without a word to the user', () => {
    const { clock, done, recovery } = setUp();
    recovery.suspend();
    recovery.resume('connected');
    expect(done).toEqual(['restart']);
    clock.advance(60_000);
    expect(done).toEqual(['restart']);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('a path that was lost meanwhile is restarted, what the server closed is rebuilt', () => {
    const lost = setUp();
    lost.recovery.suspend();
    lost.recovery.onConnectionState('failed');
    expect(lost.done).toEqual([]);
    lost.recovery.resume('failed');
    expect(lost.done).toEqual(['restarting', 'restart']);
    const closed = setUp();
    closed.recovery.suspend();
    closed.recovery.onMissing();
    expect(closed.done).toEqual(['rebuilding']);
    closed.recovery.resume(undefined);
    closed.clock.advance(0);
    expect(closed.done).toEqual(['rebuilding', 'rebuild']);
  });

  it('does nothing while suspended, and nothing where there is no transport', () => {
    const { clock, done, recovery } = setUp();
    recovery.onConnectionState('disconnected');
    recovery.suspend();
    clock.advance(60_000);
    expect(done).toEqual(['unsteady']);
    recovery.resume(undefined);
    expect(done).toEqual(['unsteady', 'healthy']);
  });
});
