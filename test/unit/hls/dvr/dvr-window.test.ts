/** How far back a program reaches, where its bytes are, and what becomes of it when the store fails. */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RostrumError } from '../../../../src/core/errors.ts';
import { concatBytes } from '../../../../src/media/concat-bytes.ts';
import { type HlsProgramOptions, TestProgram } from '../../../support/hls-program.ts';
import { MemoryDvrStore } from '../../../support/memory-dvr-store.ts';

const renditionIds = ['video', 'audio'];

function setUp(options: HlsProgramOptions = {}) {
  const store = new MemoryDvrStore();
  const test = new TestProgram({ windowSec: 12, dvrWindowSec: 60, dvrStore: store, ...options });
  test.beginRun();
  return { store, test };
}

/** Whole segments; the store has its turn behind each. */
async function feed(test: TestProgram, seconds: number): Promise<void> {
  for (let fed = 0; fed < seconds; fed += 2) {
    test.feed(2);
    await setImmediate();
  }
}

const listed = ({ program }: TestProgram, renditionId = 'video') => program.window(renditionId)!.segments;

async function bytesOf({ program }: TestProgram, renditionId: string, mediaSequenceNumber: number) {
  const segment = program.window(renditionId)!.segment(mediaSequenceNumber);
  const parts = segment && (await program.segmentBytes(renditionId, segment));
  return parts && Buffer.from(concatBytes(parts));
}

function publishedBytes({ sink }: TestProgram, renditionId: string, mediaSequenceNumber: number) {
  const parts = sink.parts.filter(
    (part) => part.renditionId === renditionId && part.mediaSequenceNumber === mediaSequenceNumber,
  );
  return Buffer.from(concatBytes(parts.map(({ bytes }) => bytes)));
}

async function expectAllThere(test: TestProgram): Promise<void> {
  for (const renditionId of renditionIds) {
    for (const { mediaSequenceNumber: msn } of listed(test, renditionId))
      expect(await bytesOf(test, renditionId, msn)).toEqual(publishedBytes(test, renditionId, msn));
  }
}

describe('a program with a DVR store', () => {
  it('lists as much as can be gone back to, keeps little of it in memory, and gives every byte', async () => {
    const { test, store } = setUp();
    await feed(test, 40);
    expect(listed(test)[0]!.mediaSequenceNumber).toBe(0);
    const heldBytes = test.program.window('video')!.heldBytes();
    await feed(test, 60);
    expect(test.program.window('video')!.heldBytes()).toBeLessThan(1.3 * heldBytes);
    const listedSec = listed(test).reduce((sum, { durationTicks }) => sum + durationTicks / 90_000, 0);
    expect(listedSec).toBeGreaterThanOrEqual(59.9);
    expect(listedSec).toBeLessThan(62.1);
    expect(listed(test).filter(({ isStored }) => !isStored).length).toBeLessThanOrEqual(7);
    await expectAllThere(test);
    expect(store.segments.size).toBeGreaterThan(2 * listed(test).length);
  });

  it('keeps what left the playlist for its own time and the playlist’s, then drops it (rule 13)', async () => {
    const { test, store } = setUp();
    await feed(test, 100);
    const { mediaSequenceNumber: firstMsn } = listed(test)[0]!;
    expect(await bytesOf(test, 'video', firstMsn - 1)).toEqual(publishedBytes(test, 'video', firstMsn - 1));
    await feed(test, 58);
    expect(await bytesOf(test, 'video', firstMsn - 1)).toBeDefined();
    await feed(test, 10);
    expect(await bytesOf(test, 'video', firstMsn - 1)).toBeUndefined();
    expect(store.segments.has(`video/${firstMsn - 1}`)).toBe(false);
    const sizeNow = store.segments.size;
    await feed(test, 60);
    // Sound and pictures do not go at the very same moment.
    expect(store.segments.size).toBeLessThanOrEqual(sizeNow + 2);
  });

  it('keeps the init of every run that is still listed', async () => {
    const { test } = setUp();
    await feed(test, 20);
    test.beginRun();
    await feed(test, 30);
    expect(listed(test)[0]!.runIndex).toBe(0);
    expect(test.program.window('video')!.init(0)).toBeDefined();
    await feed(test, 160);
    expect(test.program.window('video')!.init(0)).toBeUndefined();
  });

  it('loses nothing to an outage of the store of ten segments', async () => {
    const { test, store } = setUp();
    await feed(test, 20);
    store.mode = 'refuses';
    await feed(test, 20);
    store.mode = 'works';
    await feed(test, 18);
    expect(listed(test)[0]!.mediaSequenceNumber).toBe(0);
    await expectAllThere(test);
  });

  it.each(['refuses', 'hangs'] as const)(
    'reaches back no farther than memory while the store %s, and farther again when it works',
    async (mode) => {
      const { test, store } = setUp();
      await feed(test, 30);
      store.mode = mode;
      await feed(test, 120);
      expect(listed(test).length).toBeLessThanOrEqual(17);
      expect(listed(test).every(({ isStored }) => !isStored)).toBe(true);
      await expectAllThere(test);
      const heldBytes = test.program.window('video')!.heldBytes();
      await feed(test, 60);
      expect(test.program.window('video')!.heldBytes()).toBeLessThanOrEqual(1.1 * heldBytes);
      store.mode = 'works';
      await feed(test, 80);
      expect(listed(test).length).toBeGreaterThanOrEqual(30);
      await expectAllThere(test);
    },
  );

  it('lists nothing that cannot be had, whatever the store does', async () => {
    const step = fc.record({
      seconds: fc.constantFrom(2, 6, 20, 40),
      mode: fc.constantFrom('works', 'works', 'refuses', 'hangs'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
        const { test, store } = setUp();
        for (const { seconds, mode } of steps) {
          store.mode = mode;
          await feed(test, seconds);
          const numbers = listed(test).map(({ mediaSequenceNumber }) => mediaSequenceNumber);
          expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
          await expectAllThere(test);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('a disk that hangs costs those who go back an error each, and more than 128 of them at once', async () => {
    const { test, store } = setUp({ dvrWindowSec: 400 });
    await feed(test, 320);
    store.hangsOnGet = true;
    const codes = listed(test)
      .filter(({ isStored }) => isStored)
      .map((segment) =>
        test.program.segmentBytes('video', segment).then(
          () => 'read',
          (error: RostrumError) => error.code,
        ),
      );
    await setImmediate();
    test.clock.advance(8000);
    const counts = Map.groupBy(await Promise.all(codes), (code) => code);
    expect(counts.get('HLS_DVR_UNREADABLE')).toHaveLength(128);
    expect(counts.get('HLS_DVR_BUSY')).toHaveLength(codes.length - 128);
    // They hang still.
    await expect(test.program.segmentBytes('video', listed(test)[0]!)).rejects.toMatchObject({ code: 'HLS_DVR_BUSY' });
  });

  it('drops everything when it is closed', async () => {
    const { test, store } = setUp();
    await feed(test, 30);
    test.program.close();
    await setImmediate();
    expect(store.isCleared).toBe(true);
  });

  it('uses no store when viewers cannot go back', async () => {
    const { test, store } = setUp({ dvrWindowSec: 0 });
    await feed(test, 60);
    expect(store.putCount).toBe(0);
    expect(listed(test).length).toBeLessThanOrEqual(7);
  });
});
