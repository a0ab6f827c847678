import { describe, expect, it } from 'vitest';
import { LadderPolicy } from '../../../../src/mixer/program/ladder-policy.ts';

const limits = {
  lagSec: 0.5,
  dropAfterMs: 3000,
  quietSec: 0.25,
  restoreAfterMs: 30_000,
  probationMs: 60_000,
  maxRestoreAfterMs: 120_000,
};

/** A policy that is looked at ten times a second. */
function policyOf(rungCount: number) {
  const policy = new LadderPolicy(rungCount, limits);
  let nowMs = 0;
  const during = (durationMs: number, backlogSec: number) => {
    const changes: [number, string][] = [];
    const startMs = nowMs;
    for (; nowMs < startMs + durationMs; nowMs += 100) {
      const change = policy.update(nowMs, backlogSec);
      if (change !== undefined) changes.push([nowMs - startMs, change]);
    }
    return changes;
  };
  const quietMsUntilRestore = () => {
    const startMs = nowMs;
    while (policy.update(nowMs, 0.1) !== 'restore') nowMs += 100;
    return nowMs - startMs;
  };
  return { policy, during, quietMsUntilRestore };
}

describe('LadderPolicy', () => {
  it('update drops a rung for every 3 s of lag, and never the last', () => {
    const { policy, during } = policyOf(3);
    expect(during(60_000, 1)).toEqual([
      [3000, 'drop'],
      [6100, 'drop'],
    ]);
    expect(policy.droppedCount).toBe(2);
  });

  it('update lets a short lag pass', () => {
    const { during } = policyOf(3);
    for (let round = 0; round < 10; round++) expect([...during(2500, 1), ...during(200, 0.4)]).toEqual([]);
  });

  it('update lets an encoder catch up, however long it takes', () => {
    const { during } = policyOf(3);
    for (let backlogSec = 3; backlogSec > 0.5; backlogSec *= 0.85) expect(during(3000, backlogSec)).toEqual([]);
  });

  it('update restores one rung after 30 s of quiet, then the next', () => {
    const { policy, during } = policyOf(3);
    during(8000, 1);
    expect(during(70_000, 0.1)).toEqual([
      [30_000, 'restore'],
      [60_100, 'restore'],
    ]);
    expect(policy.droppedCount).toBe(0);
    expect(during(100_000, 0.1)).toEqual([]);
  });

  it('update does not restore while the backlog is neither quiet nor lagging', () => {
    const { during } = policyOf(2);
    during(4000, 1);
    expect(during(300_000, 0.4)).toEqual([]);
  });

  it('update waits twice as long each time a restored rung fails again, up to the limit, and starts over when it held', () => {
    const { during, quietMsUntilRestore } = policyOf(2);
    const waitsMs: number[] = [];
    for (let round = 0; round < 4; round++) {
      during(3100, 1);
      waitsMs.push(quietMsUntilRestore());
    }
    expect(waitsMs).toEqual([30_000, 60_000, 120_000, 120_000]);
    during(60_000, 0.1);
    during(3100, 1);
    expect(quietMsUntilRestore()).toBe(30_000);
  });

  it('drop counts like a drop of its own and says when there is none left', () => {
    const { policy } = policyOf(2);
    expect([policy.drop(0), policy.drop(10), policy.droppedCount]).toEqual([true, false, 1]);
  });
});
