/** Float samples to what the encoder reads. Pure. */

/** Writes samples of -1..1 as signed 16-bit little endian; beyond that they are clipped. 0 becomes exactly 0. */
export function writeS16le(samples: Float32Array, target: Uint8Array): void {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  for (let index = 0; index < samples.length; index++) {
    view.setInt16(2 * index, Math.max(-32768, Math.min(32767, Math.round(samples[index]! * 32767))), true);
  }
}
