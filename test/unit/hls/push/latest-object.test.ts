/** One object that is written again and again: what a put that was given up may still do to it. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { Metrics } from '../../../../src/core/metrics.ts';
import { GuardedStore } from '../../../../src/hls/push/guarded-store.ts';
import { LatestObject } from '../../../../src/hls/push/latest-object.ts';
import { MemoryHlsStore } from '../../../support/memory-hls-store.ts';

function setUp() {
  const clock = new FakeClock();
  const store = new MemoryHlsStore();
  const failureCounter = new Metrics().counter({ name: 'failures', help: 'x', labels: ['operation'] });
  const state = { number: 0 };
  const object = new LatestObject({
    store: new GuardedStore({ store, clock, failureCounter, logger: silentLogger }),
    ...{ clock, putDeadlineMs: 4000, signal: new AbortController().signal },
    render: () => ({ key: 'a', bytes: Buffer.from(String(state.number)), contentType: 'text/plain', cacheControl: '' }),
  });
  const change = (): void => {
    state.number++;
    object.changed();
  };
  return { clock, store, object, change };
}

describe('LatestObject', () => {
  it('changed writes the newest state, and states that come meanwhile as one', async () => {
    const { store, object, change } = setUp();
    for (let index = 0; index < 5; index++) change();
    await object.idle();
    expect(store.order).toEqual(['a', 'a']);
    expect(store.text('a')).toBe('5');
  });

  it('writes once more behind a put that was given up: the store may carry that out later', async () => {
    const { clock, store, object, change } = setUp();
    store.behaviour = () => 'hangs';
    change();
    await clock.advanceAsync(4100, 100);
    store.behaviour = () => 'works';
    await clock.advanceAsync(1000, 100);
    expect(store.text('a')).toBe('1');
    // The one that was given up, of an older state.
    store.objects.set('a', { key: 'a', bytes: Buffer.from('0'), contentType: 'text/plain', cacheControl: '' });
    await clock.advanceAsync(6000, 100);
    await object.idle();
    expect(store.text('a')).toBe('1');
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('does not let anything newer wait for that', async () => {
    const { clock, store, change } = setUp();
    store.behaviour = () => 'refuses';
    change();
    await setImmediate();
    store.behaviour = () => 'works';
    await clock.advanceAsync(500, 100);
    change();
    await setImmediate();
    expect(store.text('a')).toBe('2');
  });
});
