/** Where the test pattern has its cells, as fractions of the tile, and what they mean. */

/**
 * 8 x 4 cells, each 1/10 of the tile wide and 3/20 high (32 x 27 pixels in a 320 x 180 tile), on a background in the
 * identity's colour. Left out: the lower fifth, where the mixer writes names, and a margin for borders and cropping.
 * Read by rows: 4 bits identity, 12 bits counter, 16 bits CRC-16/CCITT of those two bytes. White is 1.
 */
export const patternLayout = {
  columnCount: 8,
  rowCount: 4,
  left: 0.1,
  top: 0.1,
  cellWidth: 0.1,
  cellHeight: 0.15,
} as const;

export type PatternLayout = typeof patternLayout;

/** Identities 0..15. */
export const identityCount = 16;
/** Counters 0..4095: two minutes at 30 fps before they repeat. */
export const counterCount = 4096;

export interface PatternReading {
  readonly identity: number;
  readonly counter: number;
}

/** The 32 cells of a pattern, row by row, true for white. Pure. */
export function patternCells(reading: PatternReading): boolean[] {
  const payload = ((reading.identity % identityCount) << 12) | (reading.counter % counterCount);
  const bits = (value: number) => Array.from({ length: 16 }, (_, index) => ((value >> (15 - index)) & 1) === 1);
  return [...bits(payload), ...bits(crc16(payload))];
}

/** CRC-16/CCITT-FALSE over two bytes. */
function crc16(payload: number): number {
  let crc = 0xffff;
  for (let bit = 15; bit >= 0; bit--) {
    const feedback = ((crc >> 15) ^ (payload >> bit)) & 1;
    crc = ((crc << 1) & 0xffff) ^ (feedback === 1 ? 0x1021 : 0);
  }
  return crc;
}
