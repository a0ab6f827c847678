/** RFC 6381 codec strings, from the decoder configuration itself so that they can never lie. Pure. */

/** @param avcC body of an avcC box, at least 4 bytes. @returns `avc1.PPCCLL`, upper-case hex. */
export function avcCodecString(avcC: Uint8Array): string {
  return `avc1.${hexByte(avcC[1])}${hexByte(avcC[2])}${hexByte(avcC[3])}`;
}

/** @param audioSpecificConfig ISO/IEC 14496-3 §1.6.2.1. @returns `mp4a.40.N`, N the audio object type (2 is AAC-LC). */
export function aacCodecString(audioSpecificConfig: Uint8Array): string {
  const first = audioSpecificConfig[0] ?? 0;
  const second = audioSpecificConfig[1] ?? 0;
  const objectType = first >>> 3;
  const escaped = 32 + (((first & 0x07) << 3) | (second >>> 5));
  return `mp4a.40.${objectType === 31 ? escaped : objectType}`;
}

function hexByte(value = 0): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
