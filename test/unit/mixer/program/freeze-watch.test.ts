import { describe, expect, it } from 'vitest';
import { FreezeWatch } from '../../../../src/mixer/program/freeze-watch.ts';

describe('FreezeWatch', () => {
  it('isFrozen from the limit on, until three pictures have come', () => {
    const watch = new FreezeWatch(5000);
    expect(watch.isFrozen('a', 5000, 60_000)).toBe(false);
    expect(watch.isFrozen('a', 5001, 60_000)).toBe(true);
    const looks = [10, 20, 5, 15, 3].map((sinceMs) => watch.isFrozen('a', sinceMs, 60_000));
    expect(looks).toEqual([true, true, true, true, false]);
    expect(watch.isFrozen('a', 4000, 60_000)).toBe(false);
  });

  it('isFrozen does not count the same picture twice, and begins anew after another freeze', () => {
    const watch = new FreezeWatch(5000);
    watch.isFrozen('a', 6000, 60_000);
    for (const sinceMs of [10, 10, 11, 12]) expect(watch.isFrozen('a', sinceMs, 60_000)).toBe(true);
    watch.isFrozen('a', 5, 60_000);
    watch.isFrozen('a', 9000, 60_000);
    expect([8, 7].map((sinceMs) => watch.isFrozen('a', sinceMs, 60_000))).toEqual([true, true]);
  });

  it('isFrozen gives a camera without pictures its time from when they are asked for', () => {
    const watch = new FreezeWatch(5000);
    expect(watch.isFrozen('a', Infinity, 0)).toBe(false);
    expect(watch.isFrozen('a', Infinity, 5001)).toBe(true);
    watch.forget('a');
    expect(watch.isFrozen('a', 90_000, 100)).toBe(false);
  });
});
