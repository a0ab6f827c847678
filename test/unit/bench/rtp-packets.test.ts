import { describe, expect, it } from 'vitest';
import { packVp8Frame, writeRtpHeader } from '../../../bench/lib/rtp-packets.ts';
import { parseRtpPacket } from '../../../src/media/rtp/index.ts';
import { parseVp8PayloadDescriptor } from '../../../src/media/vp8/index.ts';

describe('packVp8Frame', () => {
  it('cuts a frame into payloads of which only the first says that it starts, and loses nothing', () => {
    const frame = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 251));
    const payloads = packVp8Frame(frame);
    expect(payloads.map((payload) => parseVp8PayloadDescriptor(payload)?.isFrameStart)).toEqual([true, false, false]);
    expect(Math.max(...payloads.map((payload) => payload.length))).toBeLessThanOrEqual(1200);
    expect(Buffer.concat(payloads.map((payload) => payload.subarray(1)))).toEqual(frame);
  });
});

describe('writeRtpHeader', () => {
  it('writes what the RTP parser reads, numbers beyond their range wrapped around', () => {
    const header = writeRtpHeader({
      payloadType: 96,
      sequenceNumber: 65_536 + 7,
      timestamp: 2 ** 32 + 3000,
      ssrc: 4_000_000_000,
      isMarked: true,
    });
    expect(parseRtpPacket(Buffer.concat([header, Buffer.from('payload')]))).toMatchObject({
      payloadType: 96,
      sequenceNumber: 7,
      timestamp: 3000,
      ssrc: 4_000_000_000,
    });
    expect(header[1]).toBe(0x80 | 96);
  });
});
