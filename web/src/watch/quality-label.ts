/** The rendition on screen in few words, e.g. `720p · 1.8 Mb/s`. */

export function qualityLabel(heightPx: number, bitrateBps: number): string {
  if (heightPx <= 0) return '';
  if (bitrateBps <= 0) return `${heightPx}p`;
  const rate = bitrateBps >= 1e6 ? `${(bitrateBps / 1e6).toFixed(1)} Mb/s` : `${Math.round(bitrateBps / 1e3)} kb/s`;
  return `${heightPx}p · ${rate}`;
}
