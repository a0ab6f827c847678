import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RostrumError } from '../../../../src/core/errors.ts';
import { concatBytes } from '../../../../src/media/concat-bytes.ts';
import { ascii, box, u32, u64 } from '../../../../src/media/fmp4/box-writer.ts';
import { CmafStreamSplitter } from '../../../../src/media/fmp4/index.ts';
import { FakeEncoder, videoInit } from '../../../support/cmaf-fixtures.ts';

const encoder = new FakeEncoder({ startTimeSec: 10 });
const init = videoInit();
const fragments = Array.from({ length: 5 }, (_, index) => encoder.videoFrame(index));
const stream = concatBytes([init, ...fragments]);
const expected = [{ type: 'init', bytes: init }, ...fragments.map((bytes) => ({ type: 'fragment', bytes }))];

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof RostrumError) return error.code;
    throw error;
  }
  return 'none';
}

describe('CmafStreamSplitter.push', () => {
  it('returns init and fragments whole, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sizes) => {
        const splitter = new CmafStreamSplitter();
        const units = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          units.push(...splitter.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(units).toEqual(expected);
        expect(splitter.pendingBytes).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps what stands before a moof with its fragment', () => {
    const styp = box('styp', ascii('msdh'), u32(0));
    const units = new CmafStreamSplitter().push(concatBytes([init, styp, fragments[0]!]));
    expect(units[1]!.bytes).toEqual(concatBytes([styp, fragments[0]!]));
  });

  it('reads a 64-bit box size', () => {
    const [moofEnd] = [fragments[0]!.length - 48];
    const mdat = fragments[0]!.subarray(moofEnd);
    const large = concatBytes([u32(1), ascii('mdat'), u64(16 + mdat.length - 8), mdat.subarray(8)]);
    const units = new CmafStreamSplitter().push(concatBytes([init, fragments[0]!.subarray(0, moofEnd), large]));
    expect(units).toHaveLength(2);
  });

  it('drops the trailer of a finished file', () => {
    const units = new CmafStreamSplitter().push(concatBytes([stream, box('mfra', new Uint8Array(16))]));
    expect(units).toEqual(expected);
  });

  it.each([
    ['text instead of boxes', ascii('Press [q] to stop, [?] for help\n'), 'FMP4_BOX_UNEXPECTED'],
    ['a type that is not text', concatBytes([u32(16, 0xffff_0000), u64(0)]), 'FMP4_BOX_MALFORMED'],
    ['a size below the header', concatBytes([u32(4), ascii('ftyp')]), 'FMP4_BOX_MALFORMED'],
    ['a box without size', concatBytes([u32(0), ascii('ftyp')]), 'FMP4_BOX_MALFORMED'],
    ['a fragment before the init', fragments[0]!, 'FMP4_BOX_UNEXPECTED'],
    ['an oversize init', concatBytes([u32(0x7fff_ffff), ascii('ftyp')]), 'FMP4_BOX_TOO_LARGE'],
    ['an oversize fragment', concatBytes([init, u32(0x7fff_ffff), ascii('moof')]), 'FMP4_BOX_TOO_LARGE'],
    ['an mdat without moof', concatBytes([init, box('mdat')]), 'FMP4_BOX_UNEXPECTED'],
    ['bytes behind the trailer', concatBytes([stream, box('mfra'), fragments[0]!]), 'FMP4_BOX_UNEXPECTED'],
  ])('refuses %s, and everything after it', (_name, bytes, code) => {
    const splitter = new CmafStreamSplitter();
    expect(codeOf(() => splitter.push(bytes))).toBe(code);
    expect(codeOf(() => splitter.push(init))).toBe(code);
  });

  it('gives units or a coded error for any mutation of a stream', () => {
    const mutation = fc.tuple(fc.integer({ min: 0, max: stream.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), (mutations) => {
        const mutated = stream.slice();
        for (const [at, value] of mutations) mutated[at] = value;
        expect(codeOf(() => new CmafStreamSplitter().push(mutated))).toMatch(/^(none|FMP4_)/);
      }),
    );
  });

  it('gives a coded error or waits for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(codeOf(() => new CmafStreamSplitter().push(bytes))).toMatch(/^(none|FMP4_)/);
      }),
    );
  });
});
