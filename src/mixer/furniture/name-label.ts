/** The lower third of a tile: a plate with the name, a crossed microphone when muted, and how many are not shown. */
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { type Sprite } from '../picture/sprite.ts';
import { drawSprite, evenCeil } from './canvas-pixels.ts';
import { ellipsise, printable } from './text.ts';
import { font, theme, type TileMetrics } from './theme.ts';

export interface NameLabelOptions {
  readonly metrics: TileMetrics;
  /** Width of the tile in pixels. */
  readonly tileWidth: number;
  readonly displayName: string;
  readonly isMuted: boolean;
  /** Shown as "+N" when above 0. */
  readonly hiddenCount: number;
}

const measuring = createCanvas(1, 1).getContext('2d');

export function drawNameLabel(options: NameLabelOptions): Sprite {
  const { labelHeight, labelPadding, labelFontSize, labelInset } = options.metrics;
  const nameFont = font(600, labelFontSize);
  const gap = Math.round(labelFontSize * 0.45);
  measuring.font = nameFont;
  const iconWidth = options.isMuted ? Math.round(labelFontSize * 0.8) : 0;
  const suffix = options.hiddenCount > 0 ? `+${options.hiddenCount}` : '';
  const suffixWidth = suffix === '' ? 0 : measuring.measureText(suffix).width;
  const around = 2 * labelPadding + (iconWidth && iconWidth + gap) + (suffixWidth && suffixWidth + gap);
  const maxNameWidth = options.tileWidth - 2 * labelInset - around;
  const name = ellipsise(measuring, printable(options.displayName, 'Guest'), maxNameWidth);
  const nameWidth = measuring.measureText(name).width;

  return drawSprite(evenCeil(around + nameWidth), labelHeight, (context, width, height) => {
    context.fillStyle = theme.plate;
    context.beginPath();
    context.roundRect(0, 0, width, height, height / 4);
    context.fill();
    context.font = nameFont;
    const baseline = baselineOf(context, height);
    let x = labelPadding;
    if (options.isMuted) {
      drawMutedMicrophone(context, x, height / 2, iconWidth);
      x += iconWidth + gap;
    }
    context.fillStyle = theme.text;
    context.fillText(name, x, baseline);
    context.fillStyle = theme.accent;
    context.fillText(suffix, x + nameWidth + gap, baseline);
  });
}

/** The same line for every name: from a capital letter, not from what this name happens to hold. */
function baselineOf(context: SKRSContext2D, height: number): number {
  const { actualBoundingBoxAscent } = context.measureText('H');
  return Math.round((height + actualBoundingBoxAscent) / 2);
}

/** A microphone with a stroke through it, `width` pixels wide, centred on `centreY`. */
function drawMutedMicrophone(context: SKRSContext2D, x: number, centreY: number, width: number): void {
  const unit = width / 16;
  context.save();
  context.translate(x + width / 2, centreY);
  context.strokeStyle = theme.muted;
  context.fillStyle = theme.muted;
  context.lineCap = 'round';
  context.lineWidth = 1.8 * unit;
  context.beginPath();
  context.roundRect(-2.8 * unit, -9 * unit, 5.6 * unit, 10.5 * unit, 2.8 * unit);
  context.fill();
  context.beginPath();
  context.arc(0, -1.5 * unit, 5.4 * unit, 0.12 * Math.PI, 0.88 * Math.PI);
  context.moveTo(0, 4 * unit);
  context.lineTo(0, 8 * unit);
  context.moveTo(-3.4 * unit, 8.2 * unit);
  context.lineTo(3.4 * unit, 8.2 * unit);
  context.stroke();
  context.strokeStyle = theme.background;
  context.lineWidth = 4.4 * unit;
  context.beginPath();
  context.moveTo(-7 * unit, -8 * unit);
  context.lineTo(7 * unit, 8 * unit);
  context.stroke();
  context.strokeStyle = theme.muted;
  context.lineWidth = 1.8 * unit;
  context.stroke();
  context.restore();
}
