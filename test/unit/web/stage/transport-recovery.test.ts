import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import {
  disconnectedGraceMs,
  iceRestartDeadlineMs,
  maxRebuildCount,
  TransportRecovery,
} from '../../../../web/src/stage/transport-recovery.ts';

function setUp(outcomes: { restart?: () => Promise<void>; rebuild?: () => Promise<void> } = {}) {
  const clock = new FakeClock();
  const calls: string[] = [];
  const health: string[] = [];
  const recovery = new TransportRecovery(
    clock,
    {
      restartIce: () => {
        calls.push('restart');
        return outcomes.restart?.() ?? Promise.resolve();
      },
      rebuild: () => {
        calls.push('rebuild');
        return outcomes.rebuild?.() ?? Promise.resolve();
      },
      giveUp: () => calls.push('give up'),
      onHealth: (next) => health.push(next),
    },
    () => 0.5,
  );
  return { clock, calls, health, recovery };
}
const refuse = (): Promise<void> => Promise.reject(new Error('refused'));

describe('TransportRecovery', () => {
  it('lets a short disconnection heal by itself', () => {
    const { clock, calls, health, recovery } = setUp();
    recovery.onConnectionState('disconnected');
    clock.advance(disconnectedGraceMs - 1);
    recovery.onConnectionState('connected');
    clock.advance(60_000);
    expect(calls).toEqual([]);
    expect(health).toEqual(['unsteady', 'healthy']);
  });

  it('restarts ICE when a disconnection lasts', () => {
    const { clock, calls, health, recovery } = setUp();
    recovery.onConnectionState('disconnected');
    clock.advance(disconnectedGraceMs);
    recovery.onConnectionState('connected');
    expect(calls).toEqual(['restart']);
    expect(health).toEqual(['unsteady', 'restarting', 'healthy']);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('restarts ICE at once when it failed, once more after the deadline, then gives up', () => {
    const { clock, calls, recovery } = setUp();
    recovery.onConnectionState('failed');
    expect(calls).toEqual(['restart']);
    clock.advance(iceRestartDeadlineMs);
    expect(calls).toEqual(['restart', 'restart']);
    clock.advance(iceRestartDeadlineMs);
    expect(calls).toEqual(['restart', 'restart', 'give up']);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('gives up when the server refuses the restart', async () => {
    const { clock, calls, recovery } = setUp({ restart: refuse });
    recovery.onConnectionState('failed');
    await clock.advanceAsync(10);
    expect(calls).toEqual(['restart', 'give up']);
  });

  it('rebuilds at once what the server closed', async () => {
    const { clock, calls, health, recovery } = setUp();
    recovery.onMissing();
    expect(recovery.isRecovering).toBe(true);
    await clock.advanceAsync(10);
    expect(calls).toEqual(['rebuild']);
    expect(health).toEqual(['rebuilding', 'healthy']);
    expect(recovery.isRecovering).toBe(false);
  });

  it('rebuilds with growing delays while refused, then gives up once', async () => {
    const { clock, calls, recovery } = setUp({ rebuild: refuse });
    recovery.onMissing();
    await clock.advanceAsync(20_000, 100);
    expect(calls).toEqual([...Array<string>(maxRebuildCount).fill('rebuild'), 'give up']);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('forgets earlier attempts after a connection', async () => {
    let isRefusing = true;
    const { clock, calls, recovery } = setUp({ rebuild: () => (isRefusing ? refuse() : Promise.resolve()) });
    recovery.onMissing();
    await clock.advanceAsync(700, 50);
    isRefusing = false;
    await clock.advanceAsync(5000, 50);
    recovery.onConnectionState('connected');
    const before = calls.length;
    recovery.onMissing();
    await clock.advanceAsync(10);
    expect(calls.slice(before)).toEqual(['rebuild']);
  });

  it('does nothing after close', () => {
    const { clock, calls, recovery } = setUp();
    recovery.onConnectionState('disconnected');
    recovery.close();
    recovery.onConnectionState('failed');
    recovery.onMissing();
    clock.advance(60_000);
    expect(calls).toEqual([]);
    expect(clock.pendingTimerCount).toBe(0);
  });
});
