/** How the program looks: colours, type, and the sizes of what lies on a tile. */

export const theme = {
  background: '#12161c',
  backgroundGlow: '#1c2430',
  text: '#f4f6f8',
  textSubdued: '#9aa7b6',
  plate: 'rgba(10, 13, 18, 0.74)',
  speaking: '#3ddc97',
  muted: '#ff6b6b',
  accent: '#6cb6ff',
} as const;

/** Names in any script: the first family that has the glyph wins, then whatever the machine offers. */
const fontFamilies = '"Inter", "Noto Sans", "DejaVu Sans", "Noto Sans CJK SC", "Noto Color Emoji", sans-serif';

/** CSS font shorthand. */
export function font(weight: 400 | 500 | 600 | 700, sizePx: number): string {
  return `${weight} ${sizePx}px ${fontFamilies}`;
}

/** Sizes in pixels of what lies on a tile. */
export interface TileMetrics {
  readonly cornerRadius: number;
  /** Dark line between neighbouring tiles. */
  readonly gutter: number;
  readonly borderWidth: number;
  readonly labelInset: number;
  /** Even. */
  readonly labelHeight: number;
  readonly labelPadding: number;
  readonly labelFontSize: number;
  readonly avatarDiameter: number;
}

/** Canvas height that the sizes below are written for. */
const referenceHeight = 720;

/**
 * Sizes for a tile of any height. They grow slower than the tile, so that names stay readable on small tiles and
 * modest on large ones, and in step with the canvas, so that 1080p looks like 720p.
 */
export function tileMetricsOf(tileHeight: number, canvasHeight: number): TileMetrics {
  const scale = canvasHeight / referenceHeight;
  const height = tileHeight / scale;
  const grow = (base: number, per100: number) => scale * (base + (per100 * height) / 100);
  return {
    cornerRadius: Math.round(grow(10, 1.1)),
    gutter: even(4 * scale),
    borderWidth: even(4 * scale),
    labelInset: even(grow(8, 2.2)),
    labelHeight: even(grow(26, 3.3)),
    labelPadding: Math.round(grow(7, 1.7)),
    labelFontSize: Math.round(grow(13.5, 1.95)),
    avatarDiameter: even(tileHeight * (height < 360 ? 0.49 : 0.41)),
  };
}

function even(length: number): number {
  return 2 * Math.round(length / 2);
}
