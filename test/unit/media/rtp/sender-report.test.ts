import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSenderReports } from '../../../../src/media/rtp/index.ts';

function senderReport(ssrc: number): number[] {
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, 200);
  view.setUint16(2, 6);
  view.setUint32(4, ssrc);
  view.setUint32(8, 10);
  view.setUint32(12, 0x8000_0000);
  view.setUint32(16, 90_000);
  view.setUint32(20, 5);
  view.setUint32(24, 600);
  return [...bytes];
}
const sdes = [0x81, 202, 0, 2, 0, 0, 0, 1, 1, 1, 65, 0];

describe('parseSenderReports', () => {
  it('every sender report of a compound packet is read, others are skipped', () => {
    const reports = parseSenderReports(Uint8Array.from([...senderReport(1), ...sdes, ...senderReport(2)]));
    expect(reports.map((report) => report.ssrc)).toEqual([1, 2]);
    expect(reports[0]).toEqual({ ssrc: 1, ntpMs: 10_500, rtpTimestamp: 90_000, packetCount: 5, octetCount: 600 });
  });

  it('reading stops at a part that is longer than the packet', () => {
    expect(parseSenderReports(Uint8Array.from([...senderReport(1), 0x80, 200, 0, 90]))).toHaveLength(1);
    expect(parseSenderReports(Uint8Array.from(senderReport(1).slice(0, 27)))).toEqual([]);
  });

  it('any bytes are read without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseSenderReports(bytes).length).toBeLessThanOrEqual(bytes.length / 28);
      }),
    );
  });
});
