/** How the program looks: colours and type for a 1280x720 canvas. */

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
  readonly labelHeight: number;
  readonly labelPadding: number;
  readonly labelFontSize: number;
  readonly avatarDiameter: number;
}

export const tileMetrics: Readonly<Record<'stage' | 'thumbnail', TileMetrics>> = {
  stage: {
    cornerRadius: 16,
    gutter: 4,
    borderWidth: 4,
    labelInset: 20,
    labelHeight: 44,
    labelPadding: 16,
    labelFontSize: 24,
    avatarDiameter: 220,
  },
  thumbnail: {
    cornerRadius: 12,
    gutter: 4,
    borderWidth: 4,
    labelInset: 12,
    labelHeight: 32,
    labelPadding: 10,
    labelFontSize: 17,
    avatarDiameter: 88,
  },
};
