/** VP8 frames out of RTP payloads (RFC 7741 §4). */
import { parseVp8FrameHeader, parseVp8PayloadDescriptor } from '../../media/vp8/index.ts';
import { type FrameParser, type VideoFrame } from './video-frame.ts';

export class Vp8FrameParser implements FrameParser {
  parse(payloads: readonly Uint8Array[], timestamp: number): VideoFrame | 'broken' {
    const descriptors = payloads.map(parseVp8PayloadDescriptor);
    const first = descriptors[0];
    if (first === undefined || !first.isFrameStart) return 'broken';
    const parts: Uint8Array[] = [];
    for (const [index, payload] of payloads.entries()) {
      const descriptor = descriptors[index];
      if (descriptor === undefined || (index > 0 && descriptor.isFrameStart)) return 'broken';
      parts.push(payload.subarray(descriptor.byteCount));
    }
    const bytes = parts.length === 1 ? parts[0]! : concat(parts);
    const header = parseVp8FrameHeader(bytes);
    if (header === undefined) return 'broken';
    return {
      bytes,
      timestamp,
      isKeyframe: header.isKeyframe,
      vp8: {
        pictureId: first.pictureId,
        pictureIdRange: first.pictureIdRange,
        tl0PicIdx: first.tl0PicIdx,
        temporalLayer: first.temporalLayer ?? 0,
        isLayerSync: first.isLayerSync,
      },
    };
  }

  isFrameStart(payload: Uint8Array): boolean {
    return parseVp8PayloadDescriptor(payload)?.isFrameStart === true;
  }

  isKeyframeStart(payload: Uint8Array): boolean {
    const descriptor = parseVp8PayloadDescriptor(payload);
    if (descriptor?.isFrameStart !== true) return false;
    return parseVp8FrameHeader(payload.subarray(descriptor.byteCount))?.isKeyframe === true;
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
