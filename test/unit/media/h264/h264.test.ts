import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AccessUnitBuilder,
  depacketizeH264,
  startsH264Keyframe,
  startsH264Picture,
} from '../../../../src/media/h264/index.ts';

const sps = Uint8Array.of(0x67, 66, 0, 30, 0x80, 1);
const pps = Uint8Array.of(0x68, 0x80, 2);
const idr = Uint8Array.of(0x65, 0x88, 1, 2, 3, 4);
const slice = Uint8Array.of(0x41, 0x9a, 5, 6);
const startCode = [0, 0, 0, 1];
const annexB = (...units: Uint8Array[]): Uint8Array =>
  Uint8Array.from(units.flatMap((unit) => [...startCode, ...unit]));
const stapA = (...units: Uint8Array[]): Uint8Array =>
  Uint8Array.from([0x78, ...units.flatMap((unit) => [0, unit.length, ...unit])]);

function fuA(unit: Uint8Array, bodyBytes: number): Uint8Array[] {
  const body = unit.subarray(1);
  const fragments: Uint8Array[] = [];
  for (let offset = 0; offset < body.length; offset += bodyBytes) {
    const isEnd = offset + bodyBytes >= body.length;
    const bits = (offset === 0 ? 0x80 : 0) | (isEnd ? 0x40 : 0);
    const head = [(unit[0]! & 0xe0) | 28, bits | (unit[0]! & 0x1f)];
    fragments.push(Uint8Array.from([...head, ...body.subarray(offset, offset + bodyBytes)]));
  }
  return fragments;
}

describe('depacketizeH264', () => {
  it('single units, aggregates and fragments give the units the sender had', () => {
    expect(depacketizeH264([stapA(sps, pps), ...fuA(idr, 2), slice])).toEqual([sps, pps, idr, slice]);
  });

  it('fragments without start, middle order or end make the whole broken', () => {
    const [start, middle, end] = fuA(idr, 2) as [Uint8Array, Uint8Array, Uint8Array];
    expect(depacketizeH264([middle, end])).toBeUndefined();
    expect(depacketizeH264([start, middle])).toBeUndefined();
    expect(depacketizeH264([start, start, end])).toBeUndefined();
    expect(depacketizeH264([start, slice])).toBeUndefined();
  });

  it('aggregates that lie about lengths and types of other modes are broken', () => {
    expect(depacketizeH264([Uint8Array.of(0x78, 0, 9, 1)])).toBeUndefined();
    expect(depacketizeH264([Uint8Array.of(0x78, 0)])).toBeUndefined();
    expect(depacketizeH264([Uint8Array.of(0x19, 0, 1, 1)])).toBeUndefined();
    expect(depacketizeH264([Uint8Array.of(0)])).toBeUndefined();
  });

  it('any payloads are read or refused, never thrown on', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 6 }), (payloads) => {
        const units = depacketizeH264(payloads);
        const bytes = (units ?? []).reduce((sum, unit) => sum + unit.length, 0);
        expect(bytes).toBeLessThanOrEqual(payloads.reduce((sum, payload) => sum + payload.length, 0));
        for (const payload of payloads) void [startsH264Keyframe(payload), startsH264Picture(payload)];
        new AccessUnitBuilder().build(payloads);
      }),
      { numRuns: 1000 },
    );
  });

  it('any unit cut into fragments of any size comes out whole', () => {
    const units = fc.uint8Array({ minLength: 3, maxLength: 200 }).map((bytes) => bytes.with(0, 0x65));
    fc.assert(
      fc.property(units, fc.integer({ min: 1, max: 100 }), (unit, bodyBytes) => {
        // A fragment that is both start and end is not allowed: such a unit would travel whole.
        fc.pre(unit.length - 1 > bodyBytes);
        expect(depacketizeH264(fuA(unit, bodyBytes))).toEqual([unit]);
      }),
    );
  });
});

describe('startsH264Keyframe and startsH264Picture', () => {
  it('IDR slices, their first fragment and parameter sets begin a keyframe', () => {
    expect([idr, sps, stapA(sps, pps), fuA(idr, 2)[0]!].map(startsH264Keyframe)).toEqual([true, true, true, true]);
    expect([slice, fuA(idr, 2)[1]!, new Uint8Array()].map(startsH264Keyframe)).toEqual([false, false, false]);
  });

  it('only a slice at macroblock 0 or what precedes it begins a picture', () => {
    const secondSlice = Uint8Array.of(0x41, 0x5a, 5);
    expect([slice, stapA(sps, pps), fuA(idr, 2)[0]!].map(startsH264Picture)).toEqual([true, true, true]);
    expect([secondSlice, fuA(secondSlice, 1)[0]!, fuA(idr, 2)[1]!, pps].map(startsH264Picture)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('AccessUnitBuilder.build', () => {
  it('parameter sets that came earlier are put before an IDR picture', () => {
    const builder = new AccessUnitBuilder();
    expect(builder.build([sps, pps])).toBe('parameterSetsOnly');
    expect(builder.build([idr])).toEqual({ bytes: annexB(sps, pps, idr), isKeyframe: true });
    expect(builder.build([slice])).toEqual({ bytes: annexB(slice), isKeyframe: false });
  });

  it('a newer parameter set with the same id replaces the older, another id is kept beside it', () => {
    const builder = new AccessUnitBuilder();
    const newPps = Uint8Array.of(0x68, 0x80, 9);
    const otherPps = Uint8Array.of(0x68, 0x40, 7);
    builder.build([sps, pps, otherPps]);
    expect(builder.build([newPps, idr])).toMatchObject({ bytes: annexB(sps, otherPps, newPps, idr) });
  });

  it('an IDR picture without known parameter sets is broken', () => {
    expect(new AccessUnitBuilder().build([idr])).toBe('broken');
  });
});
