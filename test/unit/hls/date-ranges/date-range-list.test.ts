import { describe, expect, it } from 'vitest';
import { DateRangeList } from '../../../../src/hls/date-ranges/date-range-list.ts';

const anchor = { mediaSequenceNumber: 0, partIndex: 0 };
const speaker = (id: string, startMs: number) => ({
  ...question(id, startMs, 0),
  kind: 'speaker',
  endMs: undefined,
});
const question = (id: string, startMs: number, endMs: number) => ({
  ...{ id, kind: 'question', startMs, endMs, attributes: {} },
});
const idsOf = (list: DateRangeList) => list.listed.map(({ tag }) => /ID="([^"]*)"/.exec(tag)![1]);

describe('DateRangeList', () => {
  it('takes every id once, also after it has gone', () => {
    const list = new DateRangeList();
    expect(list.add(question('q1', 0, 1000), anchor, 0)).toBe(true);
    expect(list.add(question('q1', 5000, 6000), anchor, 0)).toBe(false);
    list.removeBefore(2000, 0, 1000);
    expect(list.add(question('q1', 5000, 6000), anchor, 0)).toBe(false);
    expect(idsOf(list)).toEqual([]);
  });

  it('drops what is over before the playlists begin, and keeps what touches them or lies ahead', () => {
    const list = new DateRangeList();
    for (const range of [question('q1', 0, 1999), question('q2', 0, 2000), question('q3', 9000, 9500)])
      list.add(range, anchor, 0);
    list.removeBefore(2000, 0, 1000);
    expect(idsOf(list)).toEqual(['q2', 'q3']);
  });

  it('keeps the last one of a class that ends with the next, however long ago it began', () => {
    const list = new DateRangeList();
    list.add(speaker('s1', 0), anchor, 0);
    list.add(speaker('s2', 1000), anchor, 0);
    list.removeBefore(500_000, 0, 1000);
    expect(idsOf(list)).toEqual(['s2']);
    list.add(speaker('s3', 600_000), anchor, 0);
    list.removeBefore(599_000, 0, 1000);
    expect(idsOf(list)).toEqual(['s2', 's3']);
    list.removeBefore(600_001, 0, 1000);
    expect(idsOf(list)).toEqual(['s3']);
  });

  it('listedFrom gives what a playlist that begins later lists, and drops nothing', () => {
    const list = new DateRangeList();
    for (const range of [speaker('s1', 0), question('q1', 0, 1999), speaker('s2', 1000), question('q2', 500, 2000)])
      list.add(range, anchor, 0);
    expect(list.listedFrom(2000).map(({ tag }) => /ID="([^"]*)"/.exec(tag)![1])).toEqual(['s2', 'q2']);
    expect(idsOf(list)).toEqual(['s1', 'q1', 's2', 'q2']);
  });

  it('tells for a while which ones have gone', () => {
    const list = new DateRangeList();
    list.add(question('q1', 0, 1000), anchor, 0);
    list.add(question('q2', 0, 3000), anchor, 0);
    list.removeBefore(2000, 10_000, 12_000);
    list.removeBefore(4000, 14_000, 12_000);
    expect(list.recentlyRemovedIds).toEqual(['q1', 'q2']);
    list.removeBefore(4000, 22_000, 12_000);
    expect(list.recentlyRemovedIds).toEqual(['q2']);
  });
});
