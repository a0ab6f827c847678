import { describe, expect, it } from 'vitest';
import { AudienceBook, type BookLimits, viewerTimeoutMs } from '../../../../src/app/audience/audience-book.ts';
import { type Beacon } from '../../../../src/signaling/protocol/index.ts';

const wallZeroMs = Date.UTC(2026, 0, 1);

function setUp(limits: Partial<BookLimits> = {}) {
  const book = new AudienceBook({ maxViewers: 100, maxViewersPerAddress: 100, ...limits });
  const note = (
    viewerId: string,
    atSec: number,
    change: Partial<Beacon> & { address?: string; webinarId?: string } = {},
  ) => {
    const { address = '198.51.100.1', webinarId = 'webinar', ...rest } = change;
    const beacon: Beacon = {
      pass: 'of no meaning to the book',
      sequence: atSec,
      isPlaying: true,
      watchedMs: 10_000,
      stallCount: 0,
      stalledMs: 0,
      errorCount: 0,
      isLeaving: false,
      ...rest,
    };
    const sender = { webinarId, viewerId, address, displayName: undefined };
    return book.note(sender, beacon, atSec * 1000, wallZeroMs + atSec * 1000);
  };
  return { book, note };
}

describe('AudienceBook', () => {
  it('statsOf counts pages that watch, with the median of their latency and the share they waited', () => {
    const { book, note } = setUp();
    note('a', 0, { latencyMs: 1500 });
    note('b', 0, { latencyMs: 1700, watchedMs: 8000, stalledMs: 2000, stallCount: 1 });
    note('c', 0, { latencyMs: 9000, isPlaying: false, watchedMs: 0, stalledMs: 10_000 });
    note('early', 0, { isPlaying: false, watchedMs: 0 });
    note('elsewhere', 0, { webinarId: 'other', latencyMs: 1 });
    expect(book.statsOf('webinar')).toEqual({ viewerCount: 3, medianLatencyMs: 1700, stallRatio: 12 / 30 });
    expect(book.statsOf('nobody')).toEqual({ viewerCount: 0, stallRatio: 0 });
  });

  it('note counts a page once however often its beacon comes, and refuses one that comes too soon', () => {
    const { book, note } = setUp();
    expect(note('a', 0)).toEqual({ kind: 'counted', watchedMs: 10_000 });
    expect(note('a', 10)).toEqual({ kind: 'counted', watchedMs: 10_000 });
    expect(note('a', 20, { sequence: 10 })).toEqual({ kind: 'repeated' });
    expect(note('a', 12, { sequence: 11 })).toEqual({ kind: 'tooSoon' });
    expect(book.statsOf('webinar').viewerCount).toBe(1);
    expect(book.takeAttendance()).toMatchObject([{ viewerId: 'a', watchedMs: 20_000 }]);
  });

  it('note believes no more watching than time went by, over all beacons together', () => {
    const { note } = setUp();
    expect(note('a', 0, { watchedMs: 60_000 })).toEqual({ kind: 'counted', watchedMs: 12_000 });
    expect(note('a', 8, { watchedMs: 60_000 })).toEqual({ kind: 'counted', watchedMs: 8000 });
    expect(note('a', 18, { watchedMs: 1000 })).toEqual({ kind: 'counted', watchedMs: 1000 });
    // What one beacon did not tell, as it got lost, a later one may.
    expect(note('a', 28, { watchedMs: 60_000 })).toEqual({ kind: 'counted', watchedMs: 19_000 });
  });

  it('note keeps to the same rules after a goodbye, however often it is repeated', () => {
    const { book, note } = setUp();
    note('a', 0);
    expect(note('a', 1, { isLeaving: true, watchedMs: 1000 }).kind).toBe('counted');
    expect(note('a', 1, { isLeaving: true, watchedMs: 1000 }).kind).toBe('tooSoon');
    expect(note('a', 3, { isLeaving: true, watchedMs: 60_000 }).kind).toBe('tooSoon');
    // Back with a reload: what it may have watched since.
    expect(note('a', 8, { watchedMs: 60_000 })).toEqual({ kind: 'counted', watchedMs: 7000 });
    note('a', 9, { isLeaving: true, watchedMs: 0 });
    book.dropSilent(9000 + viewerTimeoutMs + 1);
    expect(note('a', 60, { watchedMs: 60_000 })).toEqual({ kind: 'counted', watchedMs: 12_000 });
  });

  it('a page is gone with its goodbye, or after two and a half periods of silence', () => {
    const { book, note } = setUp();
    note('a', 0);
    note('b', 0);
    note('a', 1, { isLeaving: true, watchedMs: 1000 });
    expect(book.viewerCount).toBe(1);
    book.dropSilent(viewerTimeoutMs);
    expect(book.viewerCount).toBe(1);
    book.dropSilent(viewerTimeoutMs + 1);
    expect(book.viewerCount).toBe(0);
    expect(book.webinarIds).toEqual([]);
    expect(book.takeAttendance()).toMatchObject([
      { viewerId: 'a', watchedMs: 11_000, firstSeenAtMs: wallZeroMs, lastSeenAtMs: wallZeroMs + 1000 },
      { viewerId: 'b', watchedMs: 10_000 },
    ]);
    expect(book.takeAttendance()).toEqual([]);
  });

  it('note refuses more pages than one address or all together may have, and takes others again when some left', () => {
    const { note } = setUp({ maxViewers: 3, maxViewersPerAddress: 2 });
    const other = { address: '203.0.113.9' };
    expect([note('a', 0), note('b', 0), note('c', 0)].map(({ kind }) => kind)).toEqual(['counted', 'counted', 'full']);
    expect(note('d', 0, other).kind).toBe('counted');
    expect(note('e', 0, { address: '192.0.2.7' }).kind).toBe('full');
    note('a', 1, { isLeaving: true });
    expect(note('c', 2).kind).toBe('counted');
  });
});
