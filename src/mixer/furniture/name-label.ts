/** The lower third of a tile: a plate with the name, what the person is, a crossed microphone when muted, how many are not shown. */
import { createCanvas } from '@napi-rs/canvas';
import { type Sprite } from '../picture/sprite.ts';
import { drawSprite, evenCeil } from './canvas-pixels.ts';
import { drawMutedIcon } from './muted-icon.ts';
import { fillPlate, stripeWidthOf } from './plate.ts';
import { ellipsise, printable } from './text.ts';
import { type Theme } from './themes.ts';
import { even, type TileMetrics } from './tile-metrics.ts';
import { baselineAround, fillLine, font } from './typography.ts';

export interface NameLabelOptions {
  readonly theme: Theme;
  readonly metrics: TileMetrics;
  /** Width of the tile in pixels. */
  readonly tileWidth: number;
  readonly displayName: string;
  /** Role or company, on a line of its own where the tile has room for it. */
  readonly personTitle?: string | undefined;
  readonly isMuted: boolean;
  /** Shown as "+N" when above 0. */
  readonly hiddenCount: number;
}

const measuring = createCanvas(1, 1).getContext('2d');

export function drawNameLabel(options: NameLabelOptions): Sprite {
  const { theme, metrics, isMuted, hiddenCount } = options;
  const { labelHeight, labelFontSize, labelInset } = metrics;
  const padding = metrics.labelPadding + stripeWidthOf(theme, metrics.labelPadding);
  const nameFont = font(theme, 600, labelFontSize);
  const titleFont = font(theme, 500, Math.round(labelFontSize * 0.72));
  const gap = Math.round(labelFontSize * 0.45);
  const widthOf = (text: string, textFont: string) => {
    measuring.font = textFont;
    return measuring.measureText(text).width;
  };
  const suffix = hiddenCount > 0 ? `+${hiddenCount}` : '';
  const iconSpace = isMuted ? Math.round(labelFontSize * 0.8) + gap : 0;
  const suffixSpace = suffix === '' ? 0 : widthOf(suffix, nameFont) + gap;
  const widest = options.tileWidth - 2 * labelInset - padding - metrics.labelPadding;
  measuring.font = nameFont;
  const name = ellipsise(measuring, printable(options.displayName, 'Guest'), widest - iconSpace - suffixSpace);
  const nameWidth = widthOf(name, nameFont);
  measuring.font = titleFont;
  const fullTitle = metrics.hasTitleLine ? printable(options.personTitle ?? '', '') : '';
  const title = ellipsise(measuring, fullTitle, widest);
  const titleWidth = widthOf(title, titleFont);
  const width = evenCeil(padding + metrics.labelPadding + Math.max(iconSpace + nameWidth + suffixSpace, titleWidth));
  const height = title === '' ? labelHeight : even(labelHeight * 1.55);

  return drawSprite(width, height, (context) => {
    fillPlate(context, theme, width, height, metrics.labelPadding);
    const nameY = title === '' ? height / 2 : height * 0.34;
    if (isMuted) drawMutedIcon(context, theme, padding, nameY, iconSpace - gap);
    const x = padding + iconSpace;
    context.font = nameFont;
    const baseline = baselineAround(context, nameY);
    context.fillStyle = theme.colours.plateText;
    fillLine(context, name, x, baseline);
    context.fillStyle = theme.colours.accent;
    fillLine(context, suffix, x + nameWidth + gap, baseline);
    if (title === '') return;
    context.font = titleFont;
    context.globalAlpha = 0.85;
    context.fillStyle = theme.colours.plateText;
    fillLine(context, title, padding, baselineAround(context, height * 0.73));
  });
}
