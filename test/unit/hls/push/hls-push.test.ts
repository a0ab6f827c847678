/** A program on its way into a store: in which order, what is late, what the playlists there say, and how it goes again. */
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/core/logger.ts';
import { createHlsPush, type HlsPush } from '../../../../src/hls/index.ts';
import { concatBytes } from '../../../../src/media/concat-bytes.ts';
import { parseMediaPlaylist } from '../../../support/hls-playlist-parser.ts';
import { type HlsProgramOptions, TestProgram } from '../../../support/hls-program.ts';
import { MemoryHlsStore } from '../../../support/memory-hls-store.ts';

const folder = 'webinar-1/session-1';
const videoPlaylist = `${folder}/video/media.m3u8`;
const multivariant = 'webinar-1/multivariant.m3u8';

interface Pushed {
  readonly store: MemoryHlsStore;
  readonly test: TestProgram;
  readonly push: HlsPush;
  isAllowed: boolean;
}

const open: Pushed[] = [];
afterEach(async () => {
  for (const { push, test } of open.splice(0)) {
    test.program.close();
    await Promise.all([push.close(), test.clock.advanceAsync(10_000, 500)]);
  }
});

function setUp(options: HlsProgramOptions = {}): Pushed {
  const store = new MemoryHlsStore();
  const test = new TestProgram({ windowSec: 12, ...options });
  const { clock, metrics, config } = test;
  const push = createHlsPush({ store, clock, metrics, config, logger: silentLogger });
  const pushed = { store, test, push, isAllowed: true };
  push.follow(test.program, () => pushed.isAllowed);
  test.beginRun();
  open.push(pushed);
  return pushed;
}

/** In steps of a third of a second, each with a turn for the store. */
async function feed({ test }: Pushed, seconds: number): Promise<void> {
  for (let fed = 0; fed < 3 * seconds; fed++) {
    test.feed(1 / 3);
    for (let turn = 0; turn < 10; turn++) await setImmediate();
  }
}

const listed = ({ store }: Pushed, key = videoPlaylist) => parseMediaPlaylist(store.text(key)!).segments;
const gapNumbers = (pushed: Pushed, key?: string) =>
  listed(pushed, key)
    .filter(({ isGap }) => isGap)
    .map(({ mediaSequenceNumber }) => mediaSequenceNumber);

describe('HlsPush', () => {
  it('puts init, segment and playlist in that order, and names the playlists when all are there', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    const { order } = pushed.store;
    const videoOrder = order.filter((key) => key.startsWith(`${folder}/video/`));
    expect(videoOrder).toEqual(
      ['init-0.mp4', '0.m4s', 'media.m3u8', '1.m4s', 'media.m3u8'].map((name) => `${folder}/video/${name}`),
    );
    for (const renditionId of ['video', 'audio'])
      expect(order.indexOf(`${folder}/${renditionId}/media.m3u8`)).toBeLessThan(order.indexOf(multivariant));
    expect(pushed.store.text(multivariant)).toContain('session-1/video/media.m3u8');
    expect(pushed.store.text(multivariant)).not.toContain('I-FRAME');
  });

  it('keeps the numbers and the bytes of the origin', async () => {
    const pushed = setUp();
    await feed(pushed, 9);
    const { test, store } = pushed;
    for (const renditionId of ['video', 'audio']) {
      const segments = listed(pushed, `${folder}/${renditionId}/media.m3u8`);
      expect(segments.map(({ mediaSequenceNumber }) => mediaSequenceNumber)).toEqual([0, 1, 2, 3]);
      for (const { mediaSequenceNumber } of segments) {
        const parts = test.sink.parts.filter(
          (part) => part.renditionId === renditionId && part.mediaSequenceNumber === mediaSequenceNumber,
        );
        const { bytes } = store.objects.get(`${folder}/${renditionId}/${mediaSequenceNumber}.m4s`)!;
        expect(Buffer.from(bytes)).toEqual(Buffer.from(concatBytes(parts.map((part) => part.bytes))));
      }
    }
  });

  it('writes plain HLS: nothing that a static host cannot answer (rule 66), gzipped, cached by what it is', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    expect(pushed.store.text(videoPlaylist)).not.toMatch(/PART|PRELOAD|SERVER-CONTROL|RENDITION-REPORT|SKIP/);
    expect(pushed.store.objects.get(videoPlaylist)).toMatchObject({
      contentType: 'application/vnd.apple.mpegurl',
      contentEncoding: 'gzip',
      cacheControl: 'public, max-age=1',
    });
    expect(pushed.store.objects.get(`${folder}/video/0.m4s`)).toMatchObject({
      contentType: 'video/mp4',
      cacheControl: 'public, max-age=31536000, immutable',
    });
  });

  it('brings captions and what the program says about its time', async () => {
    const pushed = setUp({ hasCaptions: true });
    const { program, clock } = pushed.test;
    await feed(pushed, 1);
    const startMs = clock.wallMs();
    program.addCaptions([{ renditionId: 'captions-en', cueId: '1', startMs, endMs: startMs + 1000, text: 'Hello' }]);
    program.addDateRange({ id: 's1', kind: 'speaker', startMs, endMs: undefined, attributes: { NAME: 'Ada' } });
    await feed(pushed, 4);
    expect(pushed.store.text(`${folder}/captions-en/0.vtt`)).toContain('Hello');
    expect(pushed.store.objects.get(`${folder}/captions-en/0.vtt`)).toMatchObject({ contentEncoding: 'gzip' });
    expect(pushed.store.text(videoPlaylist)).toContain('ID="s1"');
    expect(pushed.store.text(multivariant)).toContain('TYPE=SUBTITLES');
  });

  it('says that the program has ended, behind its last segment', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    pushed.test.program.end();
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    const text = pushed.store.text(videoPlaylist)!;
    expect(text.trimEnd().split('\n').slice(-2)).toEqual(['2.m4s', '#EXT-X-ENDLIST']);
  });

  it('lists as much as the configuration says, and deletes what left after its own time and the playlist’s (rule 13)', async () => {
    const pushed = setUp();
    await feed(pushed, 40);
    const { mediaSequenceNumber: firstMsn } = listed(pushed)[0]!;
    expect(listed(pushed).length).toBeLessThanOrEqual(8);
    expect(firstMsn).toBeGreaterThan(10);
    const isThere = (msn: number) => pushed.store.objects.has(`${folder}/video/${msn}.m4s`);
    // Of 12 s and 2 s: what left within the last 14 s is there, and nothing else.
    expect([1, 2, 3, 4, 5, 6].map((back) => isThere(firstMsn - back))).toEqual(Array.from({ length: 6 }, () => true));
    expect([9, 10, 11].map((back) => isThere(firstMsn - back))).toEqual([false, false, false]);
  });

  it('deletes nothing that the playlist in the store still lists', async () => {
    const pushed = setUp();
    await feed(pushed, 20);
    const { mediaSequenceNumber: firstMsn } = listed(pushed)[0]!;
    pushed.store.behaviour = (key) => (key === videoPlaylist ? 'refuses' : 'works');
    await feed(pushed, 60);
    for (const { mediaSequenceNumber } of listed(pushed))
      expect(pushed.store.objects.has(`${folder}/video/${mediaSequenceNumber}.m4s`)).toBe(true);
    expect(listed(pushed)[0]!.mediaSequenceNumber).toBe(firstMsn);
    pushed.store.behaviour = () => 'works';
    await feed(pushed, 30);
    expect(pushed.store.objects.has(`${folder}/video/${firstMsn}.m4s`)).toBe(false);
  });

  it('says nothing of a program that ended before its first segment', async () => {
    const pushed = setUp();
    const empty = new TestProgram({ sessionId: 'session-2', clock: pushed.test.clock });
    pushed.push.follow(empty.program, () => true);
    empty.program.end();
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    expect([...pushed.store.objects.keys()].filter((key) => key.includes('session-2'))).toEqual([]);
    empty.program.close();
  });
});

describe('HlsPush with a store that fails', () => {
  it('lists what is not there within three target durations as a gap, in one rendition alone, and goes on', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    pushed.store.behaviour = (key) => (key === `${folder}/video/2.m4s` ? 'refuses' : 'works');
    await feed(pushed, 5);
    expect(gapNumbers(pushed)).toEqual([]);
    expect(listed(pushed).at(-1)!.mediaSequenceNumber).toBe(1);
    await feed(pushed, 6);
    expect(gapNumbers(pushed)).toEqual([2]);
    expect(gapNumbers(pushed, `${folder}/audio/media.m3u8`)).toEqual([]);
    expect(listed(pushed).at(-1)!.mediaSequenceNumber).toBeGreaterThan(4);
  });

  it('never has two puts of one key under way, and the newest playlist wins', async () => {
    const pushed = setUp();
    await feed(pushed, 3);
    pushed.store.behaviour = (key) => (key.endsWith('.m3u8') ? 'hangs' : 'works');
    await feed(pushed, 9);
    pushed.store.behaviour = () => 'works';
    await feed(pushed, 4);
    expect(pushed.store.overlaps).toEqual([]);
    expect(listed(pushed).at(-1)!.mediaSequenceNumber).toBe(pushed.test.program.nextMsn - 1);
    expect(gapNumbers(pushed)).toEqual([]);
  });

  it('holds up nothing while it hangs, and comes back by itself with gaps where it was away', async () => {
    const pushed = setUp({ windowSec: 60 });
    await feed(pushed, 3);
    pushed.store.behaviour = () => 'hangs';
    await feed(pushed, 30);
    expect(pushed.test.program.nextMsn).toBe(16);
    pushed.store.behaviour = () => 'works';
    await feed(pushed, 8);
    const numbers = listed(pushed).map(({ mediaSequenceNumber }) => mediaSequenceNumber);
    expect(numbers.at(-1)).toBe(pushed.test.program.nextMsn - 1);
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
    expect(gapNumbers(pushed).length).toBeGreaterThan(0);
    expect(listed(pushed).at(-1)!.isGap).toBe(false);
  });

  it('puts the init again with the next segment when it was not taken', async () => {
    const pushed = setUp({ windowSec: 60 });
    pushed.store.behaviour = (key) => (key.endsWith('init-0.mp4') ? 'refuses' : 'works');
    await feed(pushed, 9);
    expect(pushed.store.objects.has(`${folder}/video/0.m4s`)).toBe(false);
    pushed.store.behaviour = () => 'works';
    await feed(pushed, 6);
    expect(pushed.store.objects.has(`${folder}/video/init-0.mp4`)).toBe(true);
    expect(gapNumbers(pushed)).toContain(0);
    expect(listed(pushed).at(-1)!.isGap).toBe(false);
  });
});

describe('HlsPush at the end', () => {
  it('takes everything out when the bytes of the program are dropped', async () => {
    const pushed = setUp();
    await feed(pushed, 40);
    expect(pushed.store.objects.size).toBeGreaterThan(10);
    pushed.test.program.close();
    for (let turn = 0; turn < 200; turn++) await setImmediate();
    expect([...pushed.store.objects.keys()]).toEqual([]);
  });

  it('takes everything out for good when the webinar becomes private', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    pushed.isAllowed = false;
    await feed(pushed, 3);
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    expect([...pushed.store.objects.keys()]).toEqual([]);
    pushed.isAllowed = true;
    await feed(pushed, 5);
    expect([...pushed.store.objects.keys()]).toEqual([]);
  });

  it('takes an ended program out, too, when its webinar becomes private', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    pushed.test.program.end();
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    pushed.isAllowed = false;
    pushed.push.reconsider();
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    expect([...pushed.store.objects.keys()]).toEqual([]);
  });

  it('goes on taking out until a store that refuses lets go', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    pushed.store.behaviour = () => 'refuses';
    pushed.isAllowed = false;
    pushed.push.reconsider();
    await pushed.test.clock.advanceAsync(60_000, 500);
    expect(pushed.store.objects.size).toBeGreaterThan(4);
    pushed.store.behaviour = () => 'works';
    await pushed.test.clock.advanceAsync(5000, 500);
    expect([...pushed.store.objects.keys()]).toEqual([]);
  });

  it('does not take away the address that a newer program has got meanwhile', async () => {
    const first = setUp();
    await feed(first, 5);
    first.store.behaviour = (key) => (key === multivariant ? 'refuses' : 'works');
    first.test.program.close();
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    const second = new TestProgram({ windowSec: 12, sessionId: 'session-2', clock: first.test.clock });
    first.push.follow(second.program, () => true);
    first.store.behaviour = () => 'works';
    second.beginRun();
    await feed({ ...first, test: second }, 5);
    await first.test.clock.advanceAsync(30_000, 500);
    expect(first.store.text(multivariant)).toContain('session-2/video/media.m3u8');
    second.program.close();
  });

  it('leaves the address of the webinar to its newest program', async () => {
    const first = setUp();
    await feed(first, 5);
    first.test.program.end();
    const second = new TestProgram({ windowSec: 12, sessionId: 'session-2', clock: first.test.clock });
    first.push.follow(second.program, () => true);
    second.beginRun();
    await feed({ ...first, test: second }, 5);
    expect(first.store.text(multivariant)).toContain('session-2/video/media.m3u8');
    first.test.program.close();
    for (let turn = 0; turn < 200; turn++) await setImmediate();
    expect(first.store.text(multivariant)).toContain('session-2/video/media.m3u8');
    expect([...first.store.objects.keys()].filter((key) => key.startsWith(folder))).toEqual([]);
    second.program.close();
  });

  it('close waits for the end of running programs, leaves what is there, and closes the store', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    pushed.test.program.end();
    await pushed.push.close();
    expect(pushed.store.text(videoPlaylist)).toContain('#EXT-X-ENDLIST');
    pushed.test.program.close();
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    expect(pushed.store.text(videoPlaylist)).toContain('#EXT-X-ENDLIST');
    expect(pushed.store.isClosed).toBe(true);
  });

  it('close gives up on a store that hangs', async () => {
    const pushed = setUp();
    await feed(pushed, 5);
    pushed.store.behaviour = () => 'hangs';
    await feed(pushed, 3);
    const closed = pushed.push.close();
    await pushed.test.clock.advanceAsync(10_000, 500);
    await closed;
    expect(pushed.store.isClosed).toBe(true);
  });
});
