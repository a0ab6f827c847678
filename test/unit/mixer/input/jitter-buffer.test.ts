import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitterBuffer, type OrderedPacket } from '../../../../src/mixer/input/jitter-buffer.ts';

const item = (sequence: number, timestamp = sequence): OrderedPacket => ({
  sequence,
  timestamp,
  packet: {
    payloadType: 96,
    hasMarker: false,
    sequenceNumber: sequence & 0xffff,
    timestamp,
    ssrc: 1,
    payload: new Uint8Array(1),
  },
});

const always = (): boolean => true;

function drain(buffer: JitterBuffer, isDue: (timestamp: number) => boolean = always): (number | string)[] {
  const out: (number | string)[] = [];
  for (let popped = buffer.pop(isDue); popped !== undefined; popped = buffer.pop(isDue)) {
    out.push(popped.type === 'packet' ? popped.item.sequence : `lost ${popped.packetCount}`);
  }
  return out;
}

describe('JitterBuffer', () => {
  it('reordered packets leave in order, a first one that was overtaken included', () => {
    const buffer = new JitterBuffer(16);
    for (const sequence of [11, 10, 13, 12]) buffer.insert(item(sequence));
    expect(drain(buffer)).toEqual([10, 11, 12, 13]);
  });

  it('a hole is waited for until the packet behind it is due, and filled when it arrives in time', () => {
    const buffer = new JitterBuffer(16);
    for (const sequence of [1, 3]) buffer.insert(item(sequence));
    expect(drain(buffer, (timestamp) => timestamp < 3)).toEqual([1]);
    expect(buffer.insert(item(2))).toBe('accepted');
    expect(drain(buffer)).toEqual([2, 3]);
  });

  it('a hole whose time is over is lost once, and what comes for it then is late', () => {
    const buffer = new JitterBuffer(16);
    for (const sequence of [1, 5]) buffer.insert(item(sequence));
    expect(drain(buffer)).toEqual([1, 'lost 3', 5]);
    expect(buffer.insert(item(3))).toBe('late');
    expect(drain(buffer)).toEqual([]);
  });

  it('a duplicate is told and leaves once', () => {
    const buffer = new JitterBuffer(16);
    buffer.insert(item(1));
    expect(buffer.insert(item(1))).toBe('duplicate');
    expect(drain(buffer)).toEqual([1]);
  });

  it('a packet beyond the ring moves the window and counts the rest as lost', () => {
    const buffer = new JitterBuffer(16);
    buffer.insert(item(1));
    expect(buffer.insert(item(100))).toBe('jumped');
    expect(drain(buffer)).toEqual(['lost 99', 100]);
  });

  it('a sender that begins anew behind the window is followed after a few packets in a row', () => {
    const buffer = new JitterBuffer(16);
    buffer.insert(item(1000));
    expect(drain(buffer)).toEqual([1000]);
    expect([500, 501, 502, 503, 504].map((sequence) => buffer.insert(item(sequence)))).toEqual([
      ...['late', 'late', 'late', 'late'],
      'jumped',
    ]);
    expect(drain(buffer)).toEqual(['lost 1', 504]);
  });

  it('late retransmissions between live packets never move the window back', () => {
    const buffer = new JitterBuffer(16);
    buffer.insert(item(1000));
    drain(buffer);
    for (let n = 1; n <= 50; n++) {
      expect(buffer.insert(item(900 + n))).toBe('late');
      buffer.insert(item(1000 + n));
      expect(drain(buffer)).toEqual([1000 + n]);
    }
  });

  it('whatever arrives, packets leave in strictly growing order and memory stays bounded', () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 200 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 5 }), (sequences, popEvery) => {
        const buffer = new JitterBuffer(64);
        let last = -1;
        const check = (): void => {
          for (const out of drain(buffer)) {
            if (typeof out === 'string') continue;
            expect(out).toBeGreaterThan(last);
            last = out;
          }
        };
        for (const [index, sequence] of sequences.entries()) {
          buffer.insert(item(sequence));
          expect(buffer.heldCount).toBeLessThanOrEqual(64);
          if (index % popEvery === 0) check();
        }
        check();
      }),
    );
  });

  it('isHoled tells a frame with a packet missing from a whole one and from one that is still coming', () => {
    const buffer = new JitterBuffer(16);
    const marked = (sequence: number, timestamp: number): OrderedPacket => {
      const plain = item(sequence, timestamp);
      return { ...plain, packet: { ...plain.packet, hasMarker: true } };
    };
    for (const sequence of [1, 2]) buffer.insert(item(sequence, 100));
    expect(buffer.isHoled(1)).toBe(false);
    buffer.insert(marked(4, 100));
    expect(buffer.isHoled(1)).toBe(true);
    buffer.insert(item(3, 100));
    // What is missing behind its end is of no concern to it.
    buffer.insert(item(7, 200));
    expect(buffer.isHoled(1)).toBe(false);
    // Its last packet is what is missing here.
    expect(buffer.isHoled(7)).toBe(false);
    buffer.insert(item(9, 300));
    expect(buffer.isHoled(7)).toBe(true);
  });
});
