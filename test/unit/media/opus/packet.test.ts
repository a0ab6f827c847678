import fc from 'fast-check';
import { OpusDecoder } from 'opus-decoder';
import { describe, expect, it } from 'vitest';
import { opusPacketSampleCount } from '../../../../src/media/opus/index.ts';

const toc = (config: number, code: number): number => (config << 3) | code;

describe('opusPacketSampleCount', () => {
  it.each([
    ['20 ms CELT', [toc(31, 0), 1, 2], 960],
    ['2.5 ms CELT', [toc(28, 0), 1], 120],
    ['60 ms SILK', [toc(3, 0), 1], 2880],
    ['10 ms hybrid', [toc(12, 0), 1], 480],
    ['two equal frames', [toc(31, 1), 1, 2], 1920],
    ['two frames with a told length', [toc(31, 2), 1, 7, 8], 1920],
    ['three frames with padding', [toc(31, 3), 0x43, 2, 1, 2, 3, 0, 0], 2880],
    ['three frames of told lengths', [toc(31, 3), 0x83, 1, 0, 5, 6, 7], 2880],
    ['one byte (DTX)', [toc(31, 0)], 960],
  ])('%s', (_, bytes, sampleCount) => {
    expect(opusPacketSampleCount(Uint8Array.from(bytes))).toBe(sampleCount);
  });

  it.each([
    ['empty', []],
    ['two equal frames of odd length', [toc(31, 1), 1]],
    ['a told length past the end', [toc(31, 2), 9, 1]],
    ['no frames', [toc(31, 3), 0]],
    ['more than 120 ms', [toc(3, 3), 3, 1, 1, 1]],
    ['padding past the end', [toc(31, 3), 0x41, 200, 1]],
    ['a frame over 1275 bytes', [toc(31, 0), ...new Array<number>(1276).fill(0)]],
  ])('a packet that is %s is refused', (_, bytes) => {
    expect(opusPacketSampleCount(Uint8Array.from(bytes))).toBeUndefined();
  });

  it('any bytes give 120 to 5760 samples or are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (packet) => {
        const sampleCount = opusPacketSampleCount(packet);
        if (sampleCount !== undefined) expect(sampleCount >= 120 && sampleCount <= 5760).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('the count of a sound packet is what libopus decodes', async () => {
    const decoder = new OpusDecoder({ channels: 2 });
    await decoder.ready;
    for (let config = 0; config < 32; config++) {
      const packet = Uint8Array.of(toc(config, 1) | 4, 0, 0);
      expect(decoder.decodeFrame(packet).samplesDecoded).toBe(opusPacketSampleCount(packet));
    }
    decoder.free();
  });
});
