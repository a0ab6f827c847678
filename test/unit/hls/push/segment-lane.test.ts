/** Segments on their way: how many wait, when they are given up, and that the end ends everything. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { Metrics } from '../../../../src/core/metrics.ts';
import { GuardedStore } from '../../../../src/hls/push/guarded-store.ts';
import { SegmentLane } from '../../../../src/hls/push/segment-lane.ts';
import { MemoryHlsStore } from '../../../support/memory-hls-store.ts';

function setUp() {
  const clock = new FakeClock();
  const store = new MemoryHlsStore();
  const failureCounter = new Metrics().counter({ name: 'failures', help: 'x', labels: ['operation'] });
  const settled: [number, boolean][] = [];
  const abort = new AbortController();
  const guarded = new GuardedStore({ store, clock, failureCounter, logger: silentLogger });
  const lane = new SegmentLane({
    store: guarded,
    ...{ clock, deadlineMs: 6000, putDeadlineMs: 4000, signal: abort.signal },
    onSettled: (mediaSequenceNumber, isStored) => settled.push([mediaSequenceNumber, isStored]),
  });
  const add = (mediaSequenceNumber: number): void => {
    const object = (key: string) => ({ key, bytes: new Uint8Array(1), contentType: 'video/mp4', cacheControl: '' });
    lane.add({ mediaSequenceNumber, init: object('init'), segment: () => object(`${mediaSequenceNumber}`) });
  };
  return { clock, store, guarded, settled, abort, lane, add };
}

describe('SegmentLane', () => {
  it('puts the init once and the segments in order', async () => {
    const { store, settled, lane, add } = setUp();
    for (const msn of [0, 1, 2]) add(msn);
    await lane.idle();
    expect(store.order).toEqual(['init', '0', '1', '2']);
    expect(settled).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
    expect(lane.initKeys).toEqual(['init']);
  });

  it('tries again until it works', async () => {
    const { clock, store, settled, add } = setUp();
    store.behaviour = () => 'refuses';
    add(0);
    await clock.advanceAsync(3000, 100);
    expect(settled).toEqual([]);
    store.behaviour = () => 'works';
    await clock.advanceAsync(2000, 100);
    expect(settled).toEqual([[0, true]]);
  });

  it('gives a segment up at its own deadline, and tries the next for the rest of its own', async () => {
    const { clock, store, settled, add } = setUp();
    store.behaviour = () => 'hangs';
    add(0);
    await clock.advanceAsync(2000, 100);
    add(1);
    await clock.advanceAsync(3900, 100);
    expect(settled).toEqual([]);
    await clock.advanceAsync(200, 100);
    expect(settled).toEqual([[0, false]]);
    store.behaviour = () => 'works';
    await clock.advanceAsync(1900, 100);
    expect(settled).toEqual([
      [0, false],
      [1, false],
    ]);
    add(2);
    await setImmediate();
    expect(settled.at(-1)).toEqual([2, true]);
  });

  it('lets the oldest that waits go when more than eight do', async () => {
    const { store, guarded, settled, add, abort, lane } = setUp();
    store.behaviour = () => 'hangs';
    for (let msn = 0; msn < 12; msn++) add(msn);
    expect(settled.map(([msn]) => msn)).toEqual([1, 2, 3, 4]);
    abort.abort();
    guarded.close();
    await lane.idle();
    expect(settled).toHaveLength(4);
  });
});
