/** The uncompressed start of a VP8 frame (RFC 6386 §9.1). */

export type Vp8FrameHeader =
  | { readonly isKeyframe: false; readonly isShown: boolean }
  | { readonly isKeyframe: true; readonly isShown: boolean; readonly width: number; readonly height: number };

/** Undefined when the bytes cannot start a VP8 frame. Dimensions are 1..16383 pixels. Never throws. */
export function parseVp8FrameHeader(frame: Uint8Array): Vp8FrameHeader | undefined {
  const tag = frame[0];
  if (tag === undefined || frame.length < 3) return undefined;
  const isShown = (tag & 0x10) !== 0;
  if ((tag & 0x01) !== 0) return { isKeyframe: false, isShown };
  if (frame.length < 10 || frame[3] !== 0x9d || frame[4] !== 0x01 || frame[5] !== 0x2a) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const width = view.getUint16(6, true) & 0x3fff;
  const height = view.getUint16(8, true) & 0x3fff;
  return width === 0 || height === 0 ? undefined : { isKeyframe: true, isShown, width, height };
}
