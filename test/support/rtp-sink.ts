/** A UDP socket that counts RTP by SSRC and looks into VP8 (RFC 7741) just enough to see keyframes and their size. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface RtpStreamSeen {
  packetCount: number;
  payloadTypes: Set<number>;
  /** First VP8 packet began a keyframe. */
  beganWithKeyframe: boolean | undefined;
  /** Width of every keyframe seen, in order. */
  keyframeWidths: number[];
}

export async function openRtpSink() {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const streams = new Map<number, RtpStreamSeen>();
  socket.on('message', (packet) => {
    const payloadType = packet[1]! & 0x7f;
    if (payloadType >= 64 && payloadType <= 95) return;
    const ssrc = packet.readUInt32BE(8);
    const seen = streams.get(ssrc) ?? {
      packetCount: 0,
      payloadTypes: new Set<number>(),
      beganWithKeyframe: undefined,
      keyframeWidths: [],
    };
    streams.set(ssrc, seen);
    const width = vp8KeyframeWidth(packet);
    if (seen.packetCount === 0) seen.beganWithKeyframe = width !== undefined;
    if (width !== undefined) seen.keyframeWidths.push(width);
    seen.packetCount++;
    seen.payloadTypes.add(payloadType);
  });
  return {
    port: socket.address().port,
    streams,
    close: () => socket.close(),
  };
}

function vp8KeyframeWidth(packet: Buffer): number | undefined {
  let at = 12 + (packet[0]! & 0x0f) * 4;
  if (packet[0]! & 0x10) at += 4 + packet.readUInt16BE(at + 2) * 4;
  const first = packet[at++]!;
  const isStart = (first & 0x10) !== 0 && (first & 0x07) === 0;
  if (first & 0x80) {
    const flags = packet[at++]!;
    if (flags & 0x80) at += packet[at]! & 0x80 ? 2 : 1;
    if (flags & 0x40) at++;
    if (flags & 0x30) at++;
  }
  const frame = packet.subarray(at);
  if (!isStart || frame.length < 10 || frame[0]! & 1 || frame[3] !== 0x9d) return undefined;
  return frame.readUInt16LE(6) & 0x3fff;
}
