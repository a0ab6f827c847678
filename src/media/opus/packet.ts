/** Opus packets (RFC 6716 §3): how long they play, and whether their framing is sound, without decoding them. */

/** A packet plays at most 120 ms at 48 kHz. */
export const maxOpusPacketSampleCount = 5760;
const maxFrameBytes = 1275;

/** Samples of one frame at 48 kHz by TOC configuration number (table 2). */
function frameSampleCount(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3]!;
  if (config < 16) return [480, 960][config & 1]!;
  return [120, 240, 480, 960][config & 3]!;
}

/**
 * Samples per channel at 48 kHz, 120..5760. Undefined when the packet breaks one of the rules of §3.4
 * (R1..R7): then no decoder should see it. Never throws.
 */
export function opusPacketSampleCount(packet: Uint8Array): number | undefined {
  const toc = packet[0];
  if (toc === undefined) return undefined;
  const frameCount = soundFrameCount(packet, toc & 3);
  if (frameCount === undefined) return undefined;
  const sampleCount = frameCount * frameSampleCount(toc >> 3);
  return sampleCount <= maxOpusPacketSampleCount ? sampleCount : undefined;
}

function soundFrameCount(packet: Uint8Array, code: number): number | undefined {
  const bodyBytes = packet.length - 1;
  if (code === 0) return bodyBytes <= maxFrameBytes ? 1 : undefined;
  if (code === 1) return bodyBytes % 2 === 0 && bodyBytes / 2 <= maxFrameBytes ? 2 : undefined;
  if (code === 2) {
    const first = readFrameLength(packet, 1);
    if (first === undefined) return undefined;
    const secondBytes = packet.length - first.next - first.byteCount;
    return secondBytes >= 0 && secondBytes <= maxFrameBytes ? 2 : undefined;
  }
  return soundCode3(packet);
}

/** §3.2.5: a count byte, padding, and either equal or told lengths. */
function soundCode3(packet: Uint8Array): number | undefined {
  const countByte = packet[1];
  if (countByte === undefined) return undefined;
  const frameCount = countByte & 0x3f;
  if (frameCount === 0 || frameCount > 48) return undefined;
  const padded = (countByte & 0x40) === 0 ? { next: 2, byteCount: 0 } : readPadding(packet);
  if (padded === undefined) return undefined;
  let next = padded.next;
  let leftBytes = packet.length - padded.byteCount;
  if ((countByte & 0x80) === 0) {
    const bodyBytes = leftBytes - next;
    const isEven = bodyBytes >= 0 && bodyBytes % frameCount === 0 && bodyBytes / frameCount <= maxFrameBytes;
    return isEven ? frameCount : undefined;
  }
  for (let frame = 0; frame < frameCount - 1; frame++) {
    const length = readFrameLength(packet, next);
    if (length === undefined) return undefined;
    next = length.next;
    leftBytes -= length.byteCount;
  }
  const lastBytes = leftBytes - next;
  return lastBytes >= 0 && lastBytes <= maxFrameBytes ? frameCount : undefined;
}

interface Length {
  readonly next: number;
  readonly byteCount: number;
}

/** §3.2.1 */
function readFrameLength(packet: Uint8Array, offset: number): Length | undefined {
  const first = packet[offset];
  if (first === undefined) return undefined;
  if (first < 252) return { next: offset + 1, byteCount: first };
  const second = packet[offset + 1];
  return second === undefined ? undefined : { next: offset + 2, byteCount: second * 4 + first };
}

/** Each 255 stands for 254 bytes of padding and says that another length byte follows. */
function readPadding(packet: Uint8Array): Length | undefined {
  let byteCount = 0;
  for (let offset = 2; offset < packet.length; offset++) {
    const value = packet[offset]!;
    byteCount += value === 255 ? 254 : value;
    if (value !== 255) return { next: offset + 1, byteCount };
  }
  return undefined;
}
