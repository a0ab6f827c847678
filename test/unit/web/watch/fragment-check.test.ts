import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFragmentSound, isWebvttSound } from '../../../../web/src/watch/fragment-check.ts';

function box(type: string, ...bodies: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(bodies);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

function trackRun(flags: number, sampleCount: number, restBytes: number): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(flags);
  head.writeUInt32BE(sampleCount, 4);
  return box('trun', head, Buffer.alloc(restBytes));
}

function fragment(...runs: readonly Uint8Array[]): Uint8Array {
  const traf = box('traf', box('tfhd', Buffer.alloc(8)), ...runs);
  return Buffer.concat([box('moof', box('mfhd', Buffer.alloc(8)), traf), box('mdat', Buffer.alloc(100))]);
}

function isSound(bytes: Uint8Array): boolean {
  return isFragmentSound(Uint8Array.from(bytes).buffer);
}

describe('isFragmentSound', () => {
  it('takes init segments and fragments, several in a row too', () => {
    expect(isSound(Buffer.concat([box('ftyp', Buffer.alloc(16)), box('moov', Buffer.alloc(300))]))).toBe(true);
    // Data offset; duration, size and flags of ten samples.
    const one = fragment(trackRun(0x701, 10, 4 + 10 * 12));
    expect(isSound(one)).toBe(true);
    expect(isSound(Buffer.concat([one, one, one]))).toBe(true);
  });

  it('refuses what is empty, cut off, padded, or something else', () => {
    const one = fragment(trackRun(0x701, 10, 4 + 10 * 12));
    const others = ['', 'garbage', '<!doctype html><title>Login</title>'].map((text) => Buffer.from(text));
    for (const bytes of [...others, one.subarray(0, -1), Buffer.concat([one, Buffer.alloc(3)]), Buffer.alloc(500)])
      expect(isSound(bytes), Buffer.from(bytes).subarray(0, 20).toString('latin1')).toBe(false);
  });

  it('refuses a table of samples that does not fit into its box, and one without end whose samples take no bytes', () => {
    expect(isSound(fragment(trackRun(0x701, 11, 4 + 10 * 12)))).toBe(false);
    expect(isSound(fragment(trackRun(0x1, 10, 4)))).toBe(true);
    expect(isSound(fragment(trackRun(0x1, 0xa5a5a5a5, 4)))).toBe(false);
    expect(isSound(fragment(box('trun', Buffer.alloc(4))))).toBe(false);
  });

  it('answers for any bytes, and never takes a fragment with a piece missing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof isSound(bytes) === 'boolean'));
    const one = fragment(trackRun(0x701, 10, 4 + 10 * 12));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: one.length - 1 }),
        (length) => !isSound(one.subarray(0, length)) || isBoundary(one, length),
      ),
    );
  });
});

describe('isWebvttSound', () => {
  const isCaptions = (text: string) => isWebvttSound(new Uint8Array(Buffer.from(text)).buffer);

  it('takes what begins as a WebVTT file', () => {
    expect(isCaptions('WEBVTT')).toBe(true);
    expect(isCaptions('\ufeffWEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n')).toBe(true);
  });

  it('refuses everything else', () => {
    for (const text of ['', 'WEBVTTX', '<!doctype html>', ' WEBVTT']) expect(isCaptions(text)).toBe(false);
  });
});

/** The end of a box at the top is a sound end. */
function isBoundary(bytes: Uint8Array, length: number): boolean {
  return length === Buffer.from(bytes).readUInt32BE(0);
}
