import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestedSpan, sliceBody } from '../../../../src/hls/origin/byte-range.ts';

describe('requestedSpan of 100 bytes', () => {
  it.each([
    ['bytes=0-9', { from: 0, to: 10 }],
    ['bytes=90-', { from: 90, to: 100 }],
    ['bytes=90-500', { from: 90, to: 100 }],
    ['bytes=-10', { from: 90, to: 100 }],
    ['bytes=-500', { from: 0, to: 100 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=100-200', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    [undefined, undefined],
    ['', undefined],
    ['bytes=-', undefined],
    ['bytes=9-0', undefined],
    ['bytes=0-1,3-4', undefined],
    ['bytes= 0-1', undefined],
    ['items=0-1', undefined],
    ['bytes=9999999999999999-', undefined],
  ] as const)('%j is %j', (header, span) => expect(requestedSpan(header, 100)).toEqual(span));
});

describe('sliceBody', () => {
  it('gives the bytes of the span, of however many pieces the body is', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 5 })), fc.nat(20), fc.nat(20), (body, from, length) => {
        const whole = Buffer.concat(body);
        const to = Math.min(whole.length, from + length);
        expect(Buffer.concat(sliceBody(body, { from, to }))).toEqual(whole.subarray(from, to));
      }),
    );
  });
});
