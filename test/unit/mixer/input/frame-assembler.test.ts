import { describe, expect, it } from 'vitest';
import { FrameAssembler } from '../../../../src/mixer/input/frame-assembler.ts';
import { H264FrameParser } from '../../../../src/mixer/input/h264-frame-parser.ts';
import { type OrderedPacket } from '../../../../src/mixer/input/jitter-buffer.ts';
import { Vp8FrameParser } from '../../../../src/mixer/input/vp8-frame-parser.ts';

let sequence = 0;
function packet(timestamp: number, payload: number[], hasMarker = false): OrderedPacket {
  sequence++;
  return {
    sequence,
    timestamp,
    packet: {
      payloadType: 96,
      hasMarker,
      sequenceNumber: sequence & 0xffff,
      timestamp,
      ssrc: 1,
      payload: Uint8Array.from(payload),
    },
  };
}
const start = 0x10;
const more = 0x00;
const delta = [0x11, 0, 0];

describe('FrameAssembler with VP8', () => {
  it('packets up to the marker become one frame without their descriptors', () => {
    const assembler = new FrameAssembler(new Vp8FrameParser());
    expect(assembler.push(packet(1, [start, ...delta]))).toBeUndefined();
    expect(assembler.push(packet(1, []))).toBeUndefined();
    const assembled = assembler.push(packet(1, [more, 9, 9], true));
    expect(assembled).toMatchObject({ isAfterLoss: false, frame: { timestamp: 1, isKeyframe: false } });
    expect([...assembled!.frame.bytes]).toEqual([...delta, 9, 9]);
  });

  it('a frame with a hole is given up and the next one says so', () => {
    const assembler = new FrameAssembler(new Vp8FrameParser());
    assembler.push(packet(1, [start, ...delta]));
    assembler.lost();
    expect(assembler.push(packet(1, [more, 9], true))).toBeUndefined();
    expect(assembler.push(packet(2, [start, ...delta], true))).toMatchObject({ isAfterLoss: true });
    expect(assembler.push(packet(3, [start, ...delta], true))).toMatchObject({ isAfterLoss: false });
  });

  it('a frame whose beginning is in the hole is given up, one whose end is in it too', () => {
    const assembler = new FrameAssembler(new Vp8FrameParser());
    assembler.push(packet(1, [start, ...delta]));
    assembler.lost();
    expect(assembler.push(packet(2, [more, 9], true))).toBeUndefined();
    assembler.push(packet(3, [start, ...delta]));
    expect(assembler.push(packet(4, [start, ...delta], true))).toMatchObject({
      isAfterLoss: true,
      frame: { timestamp: 4 },
    });
  });

  it('payloads that are no VP8 count as a loss', () => {
    const assembler = new FrameAssembler(new Vp8FrameParser());
    expect(assembler.push(packet(1, [start, 0x10, 0, 0, 1, 2, 3], true))).toBeUndefined();
    expect(assembler.push(packet(2, [start, ...delta], true))).toMatchObject({ isAfterLoss: true });
  });
});

describe('FrameAssembler with H264', () => {
  it('parameter sets of their own are kept for the keyframe and are no loss', () => {
    const assembler = new FrameAssembler(new H264FrameParser());
    const sps = [0x67, 66, 0, 30, 0x80];
    const pps = [0x68, 0x80];
    const idr = [0x65, 0x88, 1];
    assembler.push(packet(1, sps));
    expect(assembler.push(packet(1, pps, true))).toBeUndefined();
    const assembled = assembler.push(packet(2, idr, true));
    expect(assembled).toMatchObject({ isAfterLoss: false, frame: { isKeyframe: true } });
    expect([...assembled!.frame.bytes]).toEqual([0, 0, 0, 1, ...sps, 0, 0, 0, 1, ...pps, 0, 0, 0, 1, ...idr]);
  });

  it('after a hole a second slice is not taken for a picture', () => {
    const assembler = new FrameAssembler(new H264FrameParser());
    assembler.lost();
    expect(assembler.push(packet(1, [0x41, 0x5a, 5], true))).toBeUndefined();
    expect(assembler.push(packet(2, [0x41, 0x9a, 5], true))).toMatchObject({ isAfterLoss: true });
  });
});
