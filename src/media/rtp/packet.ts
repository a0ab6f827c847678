/** RTP packets (RFC 3550 §5.1, header extension §5.3.1) read from bytes nobody vouches for. */

export interface RtpPacket {
  /** 0..127 */
  readonly payloadType: number;
  /** Last packet of a video frame; first of a talkspurt in audio. */
  readonly hasMarker: boolean;
  /** 0..65535, wraps. */
  readonly sequenceNumber: number;
  /** 0..2^32-1 in ticks of the stream's clock rate, starts anywhere, wraps. */
  readonly timestamp: number;
  /** 0..2^32-1 */
  readonly ssrc: number;
  /** Without header, extension and padding; empty for padding-only packets. A view, not a copy. */
  readonly payload: Uint8Array;
}

const fixedHeaderBytes = 12;

/**
 * RTP and RTCP share one port (RFC 5761 §4): a second byte of 192..223 is RTCP.
 */
export function isRtcp(bytes: Uint8Array): boolean {
  const second = bytes[1];
  return second !== undefined && second >= 192 && second <= 223;
}

/** Undefined when the bytes are not one whole, well-formed RTP version 2 packet. Never throws, never copies. */
export function parseRtpPacket(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < fixedHeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) return undefined;
  const payloadStart = payloadOffset(view, first);
  const payloadEnd = (first & 0x20) === 0 ? bytes.length : bytes.length - view.getUint8(bytes.length - 1);
  const isPaddingEmpty = (first & 0x20) !== 0 && payloadEnd === bytes.length;
  if (payloadStart === undefined || payloadStart > payloadEnd || isPaddingEmpty) return undefined;
  const second = view.getUint8(1);
  return {
    payloadType: second & 0x7f,
    hasMarker: second >= 0x80,
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: bytes.subarray(payloadStart, payloadEnd),
  };
}

function payloadOffset(view: DataView, first: number): number | undefined {
  const afterCsrc = fixedHeaderBytes + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return afterCsrc;
  if (afterCsrc + 4 > view.byteLength) return undefined;
  return afterCsrc + 4 + 4 * view.getUint16(afterCsrc + 2);
}
