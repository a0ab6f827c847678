import { describe, expect, it } from 'vitest';
import { ivfFileHeader, ivfFrameHeader } from '../../../src/media/ivf.ts';

describe('ivf', () => {
  it('ivfFileHeader writes signature, fourcc, size and timebase', () => {
    const header = Buffer.from(ivfFileHeader({ codec: 'VP8', width: 640, height: 360, timescaleHz: 90_000 }));
    expect(header.length).toBe(32);
    expect(header.toString('latin1', 0, 4)).toBe('DKIF');
    expect(header.readUInt16LE(6)).toBe(32);
    expect(header.toString('latin1', 8, 12)).toBe('VP80');
    expect([header.readUInt16LE(12), header.readUInt16LE(14)]).toEqual([640, 360]);
    expect([header.readUInt32LE(16), header.readUInt32LE(20)]).toEqual([90_000, 1]);
  });

  it('ivfFrameHeader writes length and a 64-bit time', () => {
    const header = Buffer.from(ivfFrameHeader(1234, 2 ** 40 + 5));
    expect([header.readUInt32LE(0), header.readBigUInt64LE(4)]).toEqual([1234, 2n ** 40n + 5n]);
  });
});
