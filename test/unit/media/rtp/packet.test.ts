import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRtcp, parseRtpPacket } from '../../../../src/media/rtp/index.ts';

const header = (first: number, second = 96): number[] => [first, second, 0x12, 0x34, 0, 1, 0, 2, 0xff, 0, 0, 1];

describe('parseRtpPacket', () => {
  it('a plain packet gives every header field and the payload', () => {
    expect(parseRtpPacket(Uint8Array.from([...header(0x80, 0xe0), 7, 8]))).toEqual({
      payloadType: 96,
      hasMarker: true,
      sequenceNumber: 0x1234,
      timestamp: 0x10002,
      ssrc: 0xff000001,
      payload: Uint8Array.of(7, 8),
    });
  });

  it('CSRCs, extension and padding are cut from the payload', () => {
    const csrc = [1, 1, 1, 1, 2, 2, 2, 2];
    const extension = [0xbe, 0xde, 0, 1, 9, 9, 9, 9];
    const bytes = Uint8Array.from([...header(0x80 | 0x20 | 0x10 | 2), ...csrc, ...extension, 42, 0, 0, 3]);
    expect(parseRtpPacket(bytes)?.payload).toEqual(Uint8Array.of(42));
  });

  it('a padding-only packet has an empty payload', () => {
    expect(parseRtpPacket(Uint8Array.from([...header(0xa0), 0, 0, 3]))?.payload.length).toBe(0);
  });

  it.each([
    ['shorter than a header', [0x80, 96, 0]],
    ['of another version', [...header(0x40), 1]],
    ['with more CSRCs than bytes', header(0x8f)],
    ['with an extension past its end', [...header(0x90), 0xbe, 0xde, 0xff, 0xff]],
    ['with an extension header cut off', [...header(0x90), 0xbe, 0xde]],
    ['with more padding than payload', [...header(0xa0), 1, 9]],
    ['with zero padding announced', [...header(0xa0), 1, 0]],
  ])('a packet %s is refused', (_, bytes) => {
    expect(parseRtpPacket(Uint8Array.from(bytes))).toBeUndefined();
  });

  it('any bytes are parsed within their bounds or refused, never thrown on', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 63 }), (bytes, low) => {
        if (bytes.length > 0) bytes[0] = 0x80 | low;
        const packet = parseRtpPacket(bytes);
        if (packet !== undefined) expect(packet.payload.length).toBeLessThanOrEqual(bytes.length - 12);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('isRtcp', () => {
  it('the second byte decides: 192 to 223 are RTCP', () => {
    expect([191, 192, 200, 223, 224].map((second) => isRtcp(Uint8Array.of(0x80, second)))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(isRtcp(new Uint8Array(1))).toBe(false);
  });
});
