import { describe, expect, it } from 'vitest';
import { formatBytes, formatClock, formatLatency, initials } from '../../../../web/src/lib/format.ts';

describe('formatClock', () => {
  it.each([
    [0, '0:00'],
    [59.9, '0:59'],
    [61, '1:01'],
    [3600, '1:00:00'],
    [36_061, '10:01:01'],
    [-3, '0:00'],
    [Number.NaN, '0:00'],
    [Number.POSITIVE_INFINITY, '0:00'],
  ])('formats %s s as %s', (sec, text) => expect(formatClock(sec)).toBe(text));
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_999, '1.0 MB'],
    [12_345_678, '12.3 MB'],
    [512_000_000, '512 MB'],
    [1.4e9, '1.4 GB'],
    [5e15, '5000 TB'],
  ])('formats %s as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatLatency', () => {
  it.each([
    [1380, '1.4 s'],
    [-20, '0.0 s'],
    [75_000, '1:15'],
  ])('formats %s ms as %s', (ms, text) => expect(formatLatency(ms)).toBe(text));
});

describe('initials', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['  Juan Carlos de Borbón ', 'JB'],
    ['山田 太郎', '山太'],
    ['🦊 fox', '🦊F'],
    ['', '?'],
  ])('of %j are %s', (name, text) => expect(initials(name)).toBe(text));
});
