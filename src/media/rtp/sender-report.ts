/** RTCP sender reports (RFC 3550 §6.4.1) out of compound packets. */

export interface SenderReport {
  readonly ssrc: number;
  /** Sender's clock, ms since 1900, fraction kept. Only differences within one sender mean anything. */
  readonly ntpMs: number;
  /** The same instant in RTP ticks, 0..2^32-1. */
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
}

const senderReportType = 200;
const senderInfoBytes = 28;

/** All sender reports of a compound packet, in order; stops at the first malformed part. Never throws. */
export function parseSenderReports(bytes: Uint8Array): SenderReport[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reports: SenderReport[] = [];
  for (let start = 0; start + 4 <= bytes.length;) {
    if (view.getUint8(start) >> 6 !== 2) break;
    const end = start + 4 + 4 * view.getUint16(start + 2);
    if (end > bytes.length) break;
    if (view.getUint8(start + 1) === senderReportType && end - start >= senderInfoBytes) {
      reports.push(readSenderReport(view, start));
    }
    start = end;
  }
  return reports;
}

function readSenderReport(view: DataView, start: number): SenderReport {
  const ntpSeconds = view.getUint32(start + 8);
  const ntpFraction = view.getUint32(start + 12);
  return {
    ssrc: view.getUint32(start + 4),
    ntpMs: ntpSeconds * 1000 + (ntpFraction / 2 ** 32) * 1000,
    rtpTimestamp: view.getUint32(start + 16),
    packetCount: view.getUint32(start + 20),
    octetCount: view.getUint32(start + 24),
  };
}
