/** The VP8 payload descriptor at the start of every VP8 RTP payload (RFC 7741 §4.2). */

export interface Vp8PayloadDescriptor {
  /** S bit with partition 0: this packet begins a frame. */
  readonly isFrameStart: boolean;
  /** N bit: no later frame refers to this one. */
  readonly isNonReference: boolean;
  /** 7 or 15 bits, wraps. */
  readonly pictureId: number | undefined;
  /** Values of `pictureId` before it wraps: 128 or 32768. */
  readonly pictureIdRange: number;
  /** Running number of base-layer frames, 0..255, wraps. */
  readonly tl0PicIdx: number | undefined;
  /** Temporal layer 0..3; undefined without temporal layers. */
  readonly temporalLayer: number | undefined;
  /** Y bit: refers to base-layer frames only. */
  readonly isLayerSync: boolean;
  /** Where the VP8 bytes begin in the payload. */
  readonly byteCount: number;
}

/** Undefined when the payload is shorter than its descriptor says or holds no VP8 byte. Never throws. */
export function parseVp8PayloadDescriptor(payload: Uint8Array): Vp8PayloadDescriptor | undefined {
  const first = payload[0];
  if (first === undefined) return undefined;
  let offset = 1;
  const extension = (first & 0x80) === 0 ? 0 : payload[offset++];
  if (extension === undefined) return undefined;
  let pictureId: number | undefined;
  let pictureIdRange = 128;
  if ((extension & 0x80) !== 0) {
    const high = payload[offset++] ?? 0;
    pictureId = high & 0x7f;
    if ((high & 0x80) !== 0) {
      pictureId = (pictureId << 8) | (payload[offset++] ?? 0);
      pictureIdRange = 32_768;
    }
  }
  const tl0PicIdx = (extension & 0x40) === 0 ? undefined : payload[offset++];
  const hasTemporalLayer = (extension & 0x20) !== 0;
  const layerByte = (extension & 0x30) === 0 ? 0 : (payload[offset++] ?? 0);
  // An offset at or past the end also covers every byte above that was read as missing.
  if (offset >= payload.length) return undefined;
  return {
    isFrameStart: (first & 0x10) !== 0 && (first & 0x07) === 0,
    isNonReference: (first & 0x20) !== 0,
    pictureId,
    pictureIdRange,
    tl0PicIdx,
    temporalLayer: hasTemporalLayer ? layerByte >> 6 : undefined,
    isLayerSync: hasTemporalLayer && (layerByte & 0x20) !== 0,
    byteCount: offset,
  };
}
