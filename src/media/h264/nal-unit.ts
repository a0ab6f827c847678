/** H.264 NAL units: types (ITU-T H.264 table 7-1) and the Annex B byte stream. */

export const nalType = { slice: 1, idrSlice: 5, sei: 6, sps: 7, pps: 8, accessUnitDelimiter: 9 } as const;

/** Type of a NAL unit, 0..31; 0 (unspecified) for an empty one. */
export function nalTypeOf(nalUnit: Uint8Array): number {
  return (nalUnit[0] ?? 0) & 0x1f;
}

/** Slices and slice partitions: the NAL units that carry picture. */
export function isVcl(type: number): boolean {
  return type >= nalType.slice && type <= nalType.idrSlice;
}

/** NAL units behind four-byte start codes (Annex B.1), in one new array. */
export function toAnnexB(nalUnits: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(nalUnits.reduce((sum, unit) => sum + 4 + unit.length, 0));
  let offset = 0;
  for (const unit of nalUnits) {
    bytes[offset + 3] = 1;
    bytes.set(unit, offset + 4);
    offset += 4 + unit.length;
  }
  return bytes;
}
