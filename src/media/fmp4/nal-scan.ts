/** Looks into a length-prefixed H.264 sample (ISO/IEC 14496-15 §5.3.2) far enough to tell an IDR picture. */

const nalTypeIdr = 5;
const nalTypeSlice = 1;

/** True when the first picture NAL unit of the sample is an IDR slice; false also for bytes that make no sense. */
export function beginsWithIdr(sample: Uint8Array, nalLengthBytes: number): boolean {
  let at = 0;
  while (at + nalLengthBytes < sample.length) {
    let lengthBytes = 0;
    for (let index = 0; index < nalLengthBytes; index++) lengthBytes = lengthBytes * 256 + sample[at + index]!;
    const nalType = sample[at + nalLengthBytes]! & 0x1f;
    if (nalType === nalTypeIdr) return true;
    if (nalType === nalTypeSlice) return false;
    at += nalLengthBytes + lengthBytes;
  }
  return false;
}
