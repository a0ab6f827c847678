/** A program served by two processes: whatever happens to it, and whenever the second one joins, both say the same. */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { Metrics } from '../../../../src/core/metrics.ts';
import {
  createHlsOrigin,
  encodeFrame,
  type FeedFrame,
  FrameReader,
  type HlsOrigin,
  hlsConfigSchema,
  OriginFeed,
  OriginReplica,
  type PublishedProgram,
} from '../../../../src/hls/index.ts';
import {
  renderIFramePlaylist,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
} from '../../../../src/hls/origin/playlist-source.ts';
import { concatBytes } from '../../../../src/media/concat-bytes.ts';
import { type HlsProgramOptions, TestProgram } from '../../../support/hls-program.ts';
import { MemoryDvrStore } from '../../../support/memory-dvr-store.ts';

/** Another process: its own origin, told of the program over the wire, in pieces of any size. */
class OtherProcess {
  readonly served = new Map<string, PublishedProgram>();
  readonly replica: OriginReplica;
  readonly #pieceBytes: number;
  #unsubscribe: () => void = () => undefined;

  constructor(dvrStore: MemoryDvrStore, pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
    const clock = new FakeClock();
    const origin = createHlsOrigin({
      ...{ config: hlsConfigSchema.parse({}), clock, logger: silentLogger, metrics: new Metrics() },
    });
    const spied: Pick<HlsOrigin, 'addProgram' | 'removeProgram'> = {
      addProgram: (program) => {
        this.served.set(program.sessionId, program);
        origin.addProgram(program);
      },
      removeProgram: (sessionId) => {
        this.served.delete(sessionId);
        origin.removeProgram(sessionId);
      },
    };
    this.replica = new OriginReplica({ origin: spied, dvrStoreOf: () => dvrStore, clock });
  }

  connect(feed: OriginFeed): void {
    this.disconnect();
    this.replica.reset();
    const reader = new FrameReader();
    this.#unsubscribe = feed.subscribe((frame: FeedFrame) => {
      const bytes = concatBytes(encodeFrame(frame));
      for (let at = 0; at < bytes.length; at += this.#pieceBytes)
        for (const value of reader.push(bytes.slice(at, at + this.#pieceBytes))) this.replica.take(value);
    });
  }

  disconnect(): void {
    this.#unsubscribe();
  }
}

function setUp(options: HlsProgramOptions = {}, pieceBytes = 1000) {
  const dvrStore = new MemoryDvrStore();
  const base = { windowSec: 12, dvrWindowSec: 40, dvrStore, hasCaptions: true, hasLadder: true };
  const test = new TestProgram({ ...base, ...options });
  const feed = new OriginFeed();
  feed.follow(test.program);
  const other = new OtherProcess(dvrStore, pieceBytes);
  return { test, feed, other, dvrStore };
}

function everythingSaid(program: PublishedProgram): Record<string, string> {
  const renditionIds = [...program.renditions, ...program.captions].map(({ renditionId }) => renditionId);
  const deltas = ['full', 'segments', 'segmentsAndDateRanges'] as const;
  const said = renditionIds.flatMap((renditionId) =>
    deltas.map((delta) => [
      `${renditionId} ${delta}`,
      renderMediaPlaylist(program, renditionId, program.window(renditionId)!, delta),
    ]),
  );
  const iFrames = renderIFramePlaylist(program, program.window(program.iFrameRendition.renditionId)!);
  return Object.fromEntries([
    ...said,
    ['iframes', iFrames],
    ['multivariant', renderMultivariantPlaylist(program)],
    ['version', `${program.version} ${program.isReady} ${program.isEnded}`],
  ]) as Record<string, string>;
}

async function expectSame({ test, other }: ReturnType<typeof setUp>): Promise<void> {
  const there = other.served.get('session-1')!;
  expect(everythingSaid(there)).toEqual(everythingSaid(test.program));
  for (const renditionId of ['video', 'audio', 'captions-en']) {
    const [here, copy] = [test.program.window(renditionId)!, there.window(renditionId)!];
    expect(copy.segments.length).toBe(here.segments.length);
    for (const segment of here.segments) {
      const found = copy.segment(segment.mediaSequenceNumber)!;
      const bytes = await Promise.all(
        [test.program.segmentBytes(renditionId, segment), there.segmentBytes(renditionId, found)].map(
          async (parts) => (await parts) && Buffer.from(concatBytes((await parts)!)),
        ),
      );
      expect(bytes[1]).toEqual(bytes[0]);
      expect(copy.init(segment.runIndex)).toEqual(here.init(segment.runIndex));
    }
  }
}

const speaker = (id: string, startMs: number) => ({
  ...{ id, kind: 'speaker', startMs, endMs: undefined, attributes: { NAME: `"${id}" {"$bytes": 5} ☂` } },
});

type Step =
  | { readonly do: 'feed'; readonly parts: number }
  | { readonly do: 'restart'; readonly withoutLarge: boolean }
  | { readonly do: 'mark' | 'caption' | 'reconnect' };

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('feed' as const), parts: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), withoutLarge: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('mark' as const, 'caption' as const, 'reconnect' as const) }),
  },
);

async function take(setup: ReturnType<typeof setUp>, given: Step, index: number): Promise<void> {
  const { test, feed, other } = setup;
  const nowMs = test.clock.wallMs();
  switch (given.do) {
    case 'feed':
      for (let part = 0; part < given.parts; part++) {
        test.feedParts(1);
        // The DVR store has its turn.
        await setImmediate();
      }
      break;
    case 'restart':
      test.program.endRun('test');
      test.beginRun(60, given.withoutLarge ? ['video-low', 'audio'] : undefined);
      break;
    case 'mark':
      test.program.addDateRange(speaker(`s${index}`, nowMs - 1000));
      break;
    case 'caption':
      test.program.addCaptions([
        { renditionId: 'captions-en', cueId: `${index}`, startMs: nowMs, endMs: nowMs + 900, text: `Line ${index}` },
      ]);
      break;
    case 'reconnect':
      other.disconnect();
      other.connect(feed);
      break;
  }
}

describe('OriginReplica', () => {
  it('says byte for byte what the process that packages says, whatever happens and whenever it joins', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 12 }),
        fc.nat(5),
        fc.integer({ min: 1, max: 5000 }),
        async (steps, joinAt, pieceBytes) => {
          const setup = setUp({}, pieceBytes);
          setup.test.beginRun();
          setup.test.feedParts(7);
          for (const [index, given] of steps.entries()) {
            if (index === Math.min(joinAt, steps.length - 1)) setup.other.connect(setup.feed);
            await take(setup, given, index);
            if (setup.other.served.size > 0) await expectSame(setup);
          }
          setup.test.program.close();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('tells of every state in the order of the program, and at once', () => {
    const { test, feed, other } = setUp();
    other.connect(feed);
    test.beginRun();
    const seen: number[] = [];
    const there = other.served.get('session-1')!;
    there.events.on('changed', () => seen.push(there.version));
    const from = test.program.version;
    test.feedParts(9);
    expect(there.version).toBe(test.program.version);
    expect(seen).toEqual(seen.map((_, index) => from + 1 + index));
  });

  it('serves the end, and drops the program with the process that packages', () => {
    const { test, feed, other } = setUp();
    other.connect(feed);
    test.beginRun();
    test.feedParts(9);
    const there = other.served.get('session-1')!;
    const ended: string[] = [];
    there.events.once('ended', () => ended.push('ended'));
    test.program.end();
    expect([there.isEnded, ended]).toEqual([true, ['ended']]);
    test.program.close();
    expect(other.served.size).toBe(0);
    expect(there.isClosed).toBe(true);
  });

  it('goes on serving what it knows while the connection is lost, and is in step again with the next', () => {
    const { test, feed, other } = setUp();
    other.connect(feed);
    test.beginRun();
    test.feedParts(9);
    expect(other.replica.isInStep).toBe(true);
    other.disconnect();
    other.replica.reset();
    test.feedParts(9);
    const there = other.served.get('session-1')!;
    expect([other.replica.isInStep, there.isClosed, there.version < test.program.version]).toEqual([
      false,
      false,
      true,
    ]);
    other.connect(feed);
    expect([other.replica.isInStep, there.version]).toEqual([true, test.program.version]);
  });

  it('lets go of programs that are gone after an interruption', () => {
    const { test, feed, other } = setUp();
    other.connect(feed);
    test.beginRun();
    test.feedParts(9);
    other.disconnect();
    test.program.close();
    other.connect(feed);
    expect(other.served.size).toBe(0);
  });

  it.each<[string, unknown]>([
    ['no object', 5],
    ['an unknown kind', { kind: 'other' }],
    ['changes of an unknown program', { kind: 'changes', sessionId: 'x', changes: [], published: {} }],
    ['a path as an id', { kind: 'removed', sessionId: '../x' }],
  ])('take refuses %s with HLS_FEED_INVALID', (_what, value) => {
    const { other } = setUp();
    expect(() => other.replica.take(value)).toThrow(expect.objectContaining({ code: 'HLS_FEED_INVALID' }));
  });
});
