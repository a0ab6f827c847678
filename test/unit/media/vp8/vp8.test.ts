import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVp8FrameHeader, parseVp8PayloadDescriptor } from '../../../../src/media/vp8/index.ts';

describe('parseVp8PayloadDescriptor', () => {
  it('a one-byte descriptor has no numbering', () => {
    expect(parseVp8PayloadDescriptor(Uint8Array.of(0x10, 1))).toEqual({
      isFrameStart: true,
      isNonReference: false,
      pictureId: undefined,
      pictureIdRange: 128,
      tl0PicIdx: undefined,
      temporalLayer: undefined,
      isLayerSync: false,
      byteCount: 1,
    });
  });

  it('a full descriptor, as browsers send with simulcast, gives every number', () => {
    expect(parseVp8PayloadDescriptor(Uint8Array.of(0xb0, 0xf0, 0x92, 0x34, 77, 0xa5, 1))).toEqual({
      isFrameStart: true,
      isNonReference: true,
      pictureId: 0x1234,
      pictureIdRange: 32_768,
      tl0PicIdx: 77,
      temporalLayer: 2,
      isLayerSync: true,
      byteCount: 6,
    });
  });

  it('a packet that begins a later partition does not begin a frame', () => {
    expect(parseVp8PayloadDescriptor(Uint8Array.of(0x11, 1))?.isFrameStart).toBe(false);
  });

  it('every truncation of a full descriptor is refused', () => {
    const full = Uint8Array.of(0x90, 0xf0, 0x92, 0x34, 77, 0xa5);
    for (let length = 0; length <= full.length; length++) {
      expect(parseVp8PayloadDescriptor(full.subarray(0, length))).toBeUndefined();
    }
  });

  it('any payload is read within its bounds or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (payload) => {
        const descriptor = parseVp8PayloadDescriptor(payload);
        if (descriptor !== undefined) expect(descriptor.byteCount).toBeLessThan(payload.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseVp8FrameHeader', () => {
  const keyframe = Uint8Array.of(0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x81);

  it('a keyframe gives its size without the scaling bits', () => {
    expect(parseVp8FrameHeader(keyframe)).toEqual({ isKeyframe: true, isShown: true, width: 640, height: 360 });
  });

  it('another frame is recognised by its first bit', () => {
    expect(parseVp8FrameHeader(Uint8Array.of(0x11, 0, 0))).toEqual({ isKeyframe: false, isShown: true });
  });

  it('a keyframe without its start code, cut off, or of no size is refused', () => {
    expect(parseVp8FrameHeader(keyframe.with(3, 0))).toBeUndefined();
    expect(parseVp8FrameHeader(keyframe.subarray(0, 9))).toBeUndefined();
    expect(parseVp8FrameHeader(keyframe.with(6, 0).with(7, 0))).toBeUndefined();
  });

  it('any bytes are read or refused, never thrown on', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 16 }), (bytes) => void parseVp8FrameHeader(bytes)));
  });
});
