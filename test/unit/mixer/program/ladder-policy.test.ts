import { describe, expect, it } from 'vitest';
import { programTiming } from '../../../../src/hls/index.ts';
import { ladderCosts } from '../../../../src/mixer/program/ladder-cost.ts';
import { type LadderLimits, ladderLimits, LadderPolicy } from '../../../../src/mixer/program/ladder-policy.ts';
import { defaultLadder } from '../../../../src/mixer/ladder/ladder.ts';

const canvas = { width: 1280, height: 720 };
const costs = ladderCosts(canvas, defaultLadder(canvas));
const tickSec = 1 / 30;
/** From the end of one encoder to the first picture of another that was waiting. */
const successionSec = 0.1;
/** What waits in an encoder in good health. */
const healthySec = 2 * tickSec;

interface Change {
  readonly atSec: number;
  readonly kind: 'drop' | 'restore';
  readonly droppedCount: number;
}

/**
 * An encoder of a given speed and what waits for it, tick by tick.
 * @param speedAt of the whole ladder at a time, program per second; shorter ones are as much faster as they cost less.
 */
function encode(durationSec: number, speedAt: (atSec: number) => number, limits: LadderLimits = ladderLimits) {
  const policy = new LadderPolicy(costs, limits);
  const changes: Change[] = [];
  let [backlogSec, encodedSec, startsAtSec, worstSec] = [healthySec, 0, 0, 0];
  for (let atSec = 0; atSec < durationSec; atSec += tickSec) {
    backlogSec += tickSec;
    const speed = (speedAt(atSec) * costs[0]!) / costs[policy.droppedCount]!;
    const outSec = atSec < startsAtSec ? 0 : Math.min(speed * tickSec, backlogSec - healthySec);
    backlogSec -= outSec;
    encodedSec += outSec;
    worstSec = Math.max(worstSec, backlogSec);
    // It gives out whole frames.
    const progress = { backlogSec, encodedSec: Math.floor(encodedSec / tickSec) * tickSec };
    const kind = encodedSec === 0 ? undefined : policy.update(atSec * 1000, progress);
    if (kind === undefined) continue;
    changes.push({ atSec, kind, droppedCount: policy.droppedCount });
    startsAtSec = atSec + successionSec;
    encodedSec = 0;
  }
  return { changes, worstSec, backlogSec, droppedCount: policy.droppedCount };
}

/** From a moment on. */
const slowFrom = (fromSec: number, speed: number) => (atSec: number) => (atSec < fromSec ? 3 : speed);

describe('LadderPolicy on an encoder that is too slow', () => {
  const { partHoldBackSec, partTargetSec } = programTiming('low', 30);

  it.each([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])(
    'speed %f: viewers at the live edge have what they need in time, and the rest of the ladder holds',
    (speed) => {
      const { changes, worstSec, backlogSec } = encode(25, slowFrom(5, speed));
      expect(changes.length).toBeGreaterThan(0);
      // What a player still has to play when the next part is due.
      expect(worstSec - healthySec).toBeLessThan(partHoldBackSec - partTargetSec);
      expect(backlogSec).toBeLessThan(0.2);
    },
  );

  it.each([
    [0.7, 1],
    [0.5, 1],
    [0.2, 2],
  ])('speed %f: leaves out %i rung(s), in one step', (speed, droppedCount) => {
    expect(encode(25, slowFrom(5, speed)).changes).toMatchObject([{ kind: 'drop', droppedCount }]);
  });

  it('never drops the last rung', () => {
    const { changes, droppedCount } = encode(60, () => 0.01);
    expect(droppedCount).toBe(2);
    expect(changes.every(({ kind }) => kind === 'drop')).toBe(true);
  });

  it('a lag that neither grows nor shrinks costs a rung after 3 s', () => {
    const policy = new LadderPolicy(costs);
    const update = (atMs: number) => policy.update(atMs, { backlogSec: 0.4, encodedSec: atMs / 1000 });
    const changes = Array.from({ length: 40 }, (_, index) => update(100 * index));
    expect(changes.indexOf('drop')).toBe(30);
  });
});

describe('LadderPolicy on an encoder that is fast enough', () => {
  it.each([0.1, 0.2, 0.3, 0.5, 1, 1.5])('lets a standstill of %f s pass: it catches up afterwards', (lastsSec) => {
    const stands = (atSec: number) => (atSec >= 5 && atSec < 5 + lastsSec ? 0 : 2);
    expect(encode(30, stands).changes).toEqual([]);
  });

  it('lets pictures pass that take three times as long, every second', () => {
    expect(encode(120, (atSec) => (atSec % 1 < 0.1 ? 0.5 : 1.5)).changes).toEqual([]);
  });

  it('lets a clock that stood still catch up, all frames at once', () => {
    const policy = new LadderPolicy(costs);
    let [backlogSec, encodedSec] = [1.5, 10];
    for (let atMs = 0; backlogSec > healthySec; atMs += 1000 * tickSec) {
      expect(policy.update(atMs, { backlogSec, encodedSec })).toBeUndefined();
      backlogSec -= 1.2 * tickSec;
      encodedSec += 2.2 * tickSec;
    }
  });

  it('lets the first encoder of all be slow for its first three seconds: it starts together with everything else', () => {
    expect(encode(60, (atSec) => (atSec < 2.5 ? 0.8 : 2)).changes).toEqual([]);
    expect(encode(60, (atSec) => (atSec < 10 ? 0.8 : 2)).changes[0]).toMatchObject({ kind: 'drop' });
  });

  it.each([
    ['speed', 300],
    ['lasting lag', 2900],
  ])('does not hold the %s of an encoder that died against its successor', (_, laggedForMs) => {
    const policy = new LadderPolicy(costs);
    policy.update(0, { backlogSec: 0.1, encodedSec: 49 });
    for (let atMs = 1000; atMs <= 1000 + laggedForMs; atMs += 100)
      expect(policy.update(atMs, { backlogSec: 0.35, encodedSec: 49 + atMs / 1000 })).toBeUndefined();
    for (let atMs = 4200; atMs < 5000; atMs += 100)
      expect(policy.update(atMs, { backlogSec: 0.5, encodedSec: (atMs - 4000) / 1000 })).toBeUndefined();
  });

  it('does not count the first frames of an encoder when it judges the next ones', () => {
    const policy = new LadderPolicy(costs);
    policy.drop(0);
    const update = (atMs: number, encodedSec: number) => policy.update(atMs, { backlogSec: 0.5, encodedSec });
    for (let atMs = 0; atMs <= 200; atMs += 50) expect(update(atMs, 0.05 + atMs / 10_000)).toBeUndefined();
    for (let atMs = 250; atMs <= 500; atMs += 50) expect(update(atMs, (atMs - 90) / 1000)).toBeUndefined();
  });

  it('does not judge a later encoder by its first frames', () => {
    const policy = new LadderPolicy(costs);
    policy.drop(0);
    for (let atMs = 0; atMs < 900; atMs += 30)
      expect(policy.update(atMs, { backlogSec: 1 + atMs / 1000, encodedSec: Math.min(4, atMs / 200) / 30 })).toBe(
        undefined,
      );
  });
});

describe('LadderPolicy.restore', () => {
  it('brings one rung back after 30 s of quiet, then the next', () => {
    const speeds = (atSec: number) => (atSec > 5 && atSec < 8 ? 0.2 : 3);
    const { changes } = encode(100, speeds);
    expect(changes.map(({ kind, droppedCount }) => [kind, droppedCount])).toEqual([
      ['drop', 2],
      ['restore', 1],
      ['restore', 0],
    ]);
    expect(changes[1]!.atSec - changes[0]!.atSec).toBeGreaterThan(30);
    expect(changes[2]!.atSec - changes[1]!.atSec).toBeGreaterThan(30);
    expect(changes[2]!.atSec).toBeLessThan(75);
  });

  it('brings nothing back while the backlog is not quiet', () => {
    const policy = new LadderPolicy(costs);
    policy.drop(0);
    for (let atMs = 0; atMs < 300_000; atMs += 100) {
      const backlogSec = atMs % 20_000 === 0 ? 0.28 : 0.1;
      expect(policy.update(atMs, { backlogSec, encodedSec: 1 + atMs / 1000 })).toBeUndefined();
    }
  });

  it('does not swing: a machine that stays too slow is tried again after 30, 60, 120 ... s, ten minutes at most', () => {
    const { changes, worstSec } = encode(3600, slowFrom(5, 0.7));
    const restores = changes.filter(({ kind }) => kind === 'restore').map(({ atSec }) => atSec);
    const drops = changes.filter(({ kind }) => kind === 'drop').map(({ atSec }) => atSec);
    const waitsSec = restores.map((atSec, index) => atSec - drops[index]!);
    const expectedSec = [30, 60, 120, 240, 480, 600, 600, 600, 600];
    expect(waitsSec).toHaveLength(expectedSec.length);
    // Behind the time that the backlog takes to become quiet.
    waitsSec.forEach((waitSec, index) => expect(waitSec - expectedSec[index]!).toBeLessThan(2));
    expect(Math.min(...waitsSec.map((waitSec, index) => waitSec - expectedSec[index]!))).toBeGreaterThanOrEqual(-0.01);
    expect(worstSec).toBeLessThan(0.7);
  });

  it('starts over with 30 s when a rung that came back has held for a minute', () => {
    const isSlow = (atSec: number) => (atSec > 5 && atSec < 8) || (atSec > 140 && atSec < 143);
    const { changes } = encode(200, (atSec) => (isSlow(atSec) ? 0.7 : 3));
    expect(changes.map(({ kind }) => kind)).toEqual(['drop', 'restore', 'drop', 'restore']);
    expect(changes[3]!.atSec - changes[2]!.atSec).toBeLessThan(33);
  });
});

describe('LadderPolicy.drop', () => {
  it('counts like a drop of its own and says when there is none left', () => {
    const policy = new LadderPolicy(costs.slice(1));
    expect([policy.drop(0), policy.drop(10), policy.droppedCount]).toEqual([true, false, 1]);
  });
});

describe('ladderCosts', () => {
  it('falls with every rung as it was measured: 0.30, 0.12 and 0.04 core for 720p, 432p and 234p', () => {
    expect(costs.map((cost) => cost / costs[0]!)).toEqual([1, expect.closeTo(0.38, 1), expect.closeTo(0.15, 1)]);
  });
});
