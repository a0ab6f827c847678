/** Sizes of what lies on a tile, from the tile's and the canvas's height. Pure. */

/** In pixels. */
export interface TileMetrics {
  readonly cornerRadius: number;
  /** Line of background between neighbouring tiles. */
  readonly gutter: number;
  readonly borderWidth: number;
  readonly labelInset: number;
  /** Of a label with one line; even. */
  readonly labelHeight: number;
  readonly labelPadding: number;
  readonly labelFontSize: number;
  /** There is room for a second line under the name. */
  readonly hasTitleLine: boolean;
  readonly avatarDiameter: number;
}

/** Canvas height that the sizes below are written for. */
const referenceHeight = 720;
/** Lower tiles show the name only. */
const minTitleLineHeight = 300;

/** What is written for a 720-line canvas, on this one. */
export function scaleOf(canvasHeight: number): number {
  return canvasHeight / referenceHeight;
}

/**
 * Sizes for a tile of any height. They grow slower than the tile, so that names stay readable on small tiles and
 * modest on large ones, and in step with the canvas, so that 1080p looks like 720p.
 */
export function tileMetricsOf(tileHeight: number, canvasHeight: number): TileMetrics {
  const scale = scaleOf(canvasHeight);
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
    hasTitleLine: height >= minTitleLineHeight,
    avatarDiameter: even(tileHeight * (height < 360 ? 0.49 : 0.41)),
  };
}

/** Nearest even number. */
export function even(length: number): number {
  return 2 * Math.round(length / 2);
}
