/** IVF, the simplest container with explicit frame boundaries: a file header, then length and time before each frame. */

export type IvfCodec = 'VP8' | 'H264';

const fourccOf: Record<IvfCodec, string> = { VP8: 'VP80', H264: 'H264' };

export interface IvfHeaderOptions {
  readonly codec: IvfCodec;
  /** Pixels, 1..65535; decoders take the true size from the frames. */
  readonly width: number;
  readonly height: number;
  /** Ticks per second of the frame times. */
  readonly timescaleHz: number;
}

/** 32 bytes, little-endian. */
export function ivfFileHeader(options: IvfHeaderOptions): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  bytes.set(ascii('DKIF'), 0);
  view.setUint16(6, 32, true);
  bytes.set(ascii(fourccOf[options.codec]), 8);
  view.setUint16(12, options.width, true);
  view.setUint16(14, options.height, true);
  view.setUint32(16, options.timescaleHz, true);
  view.setUint32(20, 1, true);
  return bytes;
}

/** The 12 bytes before a frame of `byteCount` bytes shown at `timeTicks` (0..2^53). */
export function ivfFrameHeader(byteCount: number, timeTicks: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, byteCount, true);
  view.setBigUint64(4, BigInt(timeTicks), true);
  return bytes;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
