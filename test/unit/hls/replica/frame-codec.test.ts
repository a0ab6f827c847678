import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameReader } from '../../../../src/hls/index.ts';
import { concatBytes } from '../../../../src/media/concat-bytes.ts';

const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.uint8Array({ maxLength: 50 }),
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => !['__proto__', '$bytes'].includes(key)),
      tie('node'),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
})).node;

const plain = (given: unknown): unknown => {
  if (given instanceof Uint8Array) return `bytes ${Buffer.from(given).toString('hex')}`;
  if (Array.isArray(given)) return given.map(plain);
  if (typeof given !== 'object' || given === null) return Object.is(given, -0) ? 0 : given;
  return Object.fromEntries(Object.entries(given).map(([key, inner]) => [key, plain(inner)]));
};

describe('FrameReader', () => {
  it('gives what encodeFrame was given, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (values, sizes) => {
          const bytes = concatBytes(values.flatMap((one) => encodeFrame(one)));
          const reader = new FrameReader();
          const found: unknown[] = [];
          for (let at = 0, piece = 0; at < bytes.length; piece++) {
            const size = sizes[piece % sizes.length]!;
            found.push(...reader.push(bytes.slice(at, at + size)));
            at += size;
          }
          expect(found.map(plain)).toEqual(values.map(plain));
        },
      ),
    );
  });

  it('encodes Buffers as bytes, and does not copy them', () => {
    const buffer = Buffer.from([1, 2, 3]);
    const pieces = encodeFrame({ a: [buffer] });
    expect(pieces[2]).toBe(buffer);
    expect(plain(new FrameReader().push(concatBytes(pieces))[0])).toEqual({ a: ['bytes 010203'] });
  });

  it.each<[string, Buffer]>([
    ['a head that is no JSON', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0x7b])],
    ['a body that is too short', concat('{"$bytes":5}', 2)],
    ['more than anybody has to tell', Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0])],
  ])('push refuses %s with HLS_FEED_INVALID', (_what, bytes) => {
    expect(() => new FrameReader().push(bytes)).toThrow(expect.objectContaining({ code: 'HLS_FEED_INVALID' }));
  });
});

function concat(head: string, bodyLength: number): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32BE(head.length, 0);
  prefix.writeUInt32BE(bodyLength, 4);
  return Buffer.concat([prefix, Buffer.from(head), Buffer.alloc(bodyLength)]);
}
