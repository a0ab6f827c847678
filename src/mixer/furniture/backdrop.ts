/** What lies behind the tiles. */
import { type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import { type CanvasSize } from '../layout/geometry.ts';
import { type I420Canvas, type Rect } from '../picture/i420.ts';
import { drawPicture } from './canvas-pixels.ts';
import { type Look } from './look.ts';
import { ellipsise, printable } from './text.ts';
import { type Theme, withAlpha } from './themes.ts';
import { scaleOf } from './tile-metrics.ts';
import { baselineAround, fillLine, font } from './typography.ts';

export const fallbackTitle = 'Webinar';

const titleSizePx = 26;
/** Bands lower than this above the first tile stay empty. */
const minBandHeight = 48;

/** The background with the title in the band above the first tile, where there is one. */
export function drawBackdrop(canvas: CanvasSize, look: Look, first: Rect): I420Canvas {
  const scale = scaleOf(canvas.height);
  return drawPicture(canvas.width, canvas.height, (context) => {
    fillBackground(context, canvas, look.theme, look.background);
    if (first.y < minBandHeight * scale) return;
    const inset = 24 * scale;
    context.font = font(look.theme, 600, Math.round(titleSizePx * scale));
    const text = ellipsise(context, printable(look.title, fallbackTitle), first.width - 2 * inset);
    const textWidth = context.measureText(text).width;
    const centreY = first.y / 2;
    if (look.background !== undefined) {
      const height = 44 * scale;
      context.fillStyle = withAlpha(look.theme.colours.background, 0.7);
      context.fillRect(first.x + inset / 2, centreY - height / 2, textWidth + inset, height);
    }
    context.fillStyle = look.background === undefined ? look.theme.colours.textSubdued : look.theme.colours.text;
    fillLine(context, text, first.x + inset, baselineAround(context, centreY));
  });
}

/** The background picture, or the theme's colour. */
export function fillBackground(
  context: SKRSContext2D,
  canvas: CanvasSize,
  theme: Theme,
  background: Canvas | undefined,
): void {
  context.fillStyle = theme.colours.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (background !== undefined) context.drawImage(background, 0, 0);
}
