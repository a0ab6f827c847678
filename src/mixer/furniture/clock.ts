/** The running time on a countdown slate, drawn once per second on a slate that stands still. */
import { type CanvasSize } from '../layout/geometry.ts';
import { type I420Canvas } from '../picture/i420.ts';
import { blendSprite } from '../picture/sprite.ts';
import { drawSprite } from './canvas-pixels.ts';
import { type Look } from './look.ts';
import { even } from './tile-metrics.ts';
import { fillLine, font } from './typography.ts';

/** Against the canvas's height. */
export const clockHeightRatio = 0.24;
const centreRatio = 0.69;

/**
 * A copy of `slate` with the time on it. Every digit has a cell of the same width, so that nothing jumps.
 * @param time as `formatCountdown` writes it.
 */
export function withClock(canvas: CanvasSize, look: Look, slate: I420Canvas, time: string): I420Canvas {
  const width = even(canvas.width * 0.6);
  const height = even(canvas.height * clockHeightRatio);
  const sprite = drawSprite(width, height, (context) => {
    context.font = font(look.theme, 600, Math.round(height * 0.72));
    context.textBaseline = 'middle';
    context.fillStyle = look.theme.colours.text;
    const digitWidth = Math.max(...Array.from('0123456789', (digit) => context.measureText(digit).width));
    const cells = Array.from(time, (character) => ({
      character,
      width: character === ':' ? digitWidth / 2 : digitWidth,
    }));
    let x = (width - cells.reduce((sum, cell) => sum + cell.width, 0)) / 2;
    for (const cell of cells) {
      fillLine(context, cell.character, x + cell.width / 2, height / 2, 'center');
      x += cell.width;
    }
  });
  const picture = { ...slate, data: slate.data.slice() };
  blendSprite(picture, sprite, even((canvas.width - width) / 2), even(canvas.height * centreRatio - height / 2));
  return picture;
}
