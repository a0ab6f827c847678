/** RTP packets of VP8 and Opus (RFC 3550, RFC 7741, RFC 7587), cut ahead of time so that sending them costs little. Pure. */

/** One frame or sound packet, ready to be sent: the payloads of its RTP packets. */
export type RtpUnit = readonly Buffer[];

export interface RtpHeader {
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly isMarked: boolean;
}

export const rtpHeaderBytes = 12;
/** Leaves room for IP, UDP and RTP headers in an Ethernet frame, as Chromium does. */
const maxPayloadBytes = 1150;
/** S bit of the payload descriptor: start of a VP8 partition (RFC 7741 section 4.2). */
const startOfPartition = 0x10;

export function packVp8Frame(frame: Buffer): RtpUnit {
  const unit: Buffer[] = [];
  for (let at = 0; at < frame.length; at += maxPayloadBytes) {
    const descriptor = Buffer.from([at === 0 ? startOfPartition : 0]);
    unit.push(Buffer.concat([descriptor, frame.subarray(at, at + maxPayloadBytes)]));
  }
  return unit;
}

export function packOpus(packet: Buffer): RtpUnit {
  return [packet];
}

/** Sequence number and timestamp wrap around here. */
export function writeRtpHeader({ payloadType, sequenceNumber, timestamp, ssrc, isMarked }: RtpHeader): Buffer {
  const header = Buffer.alloc(rtpHeaderBytes);
  header[0] = 0x80;
  header[1] = payloadType | (isMarked ? 0x80 : 0);
  header.writeUInt16BE(sequenceNumber % 0x1_0000, 2);
  header.writeUInt32BE(timestamp % 0x1_0000_0000, 4);
  header.writeUInt32BE(ssrc, 8);
  return header;
}
