/** The edge of a tile: rounded corners, a gutter to its neighbours, and the border of whoever speaks. */
import { type Sprite } from '../picture/sprite.ts';
import { drawSprite } from './canvas-pixels.ts';
import { theme, type TileMetrics } from './theme.ts';

/** Transparent inside, so its cost per frame is that of the edge only. */
export function drawTileFrame(width: number, height: number, metrics: TileMetrics, isSpeaking: boolean): Sprite {
  const { cornerRadius, gutter, borderWidth } = metrics;
  return drawSprite(width, height, (context) => {
    context.fillStyle = theme.background;
    context.beginPath();
    context.rect(0, 0, width, height);
    context.roundRect(gutter, gutter, width - 2 * gutter, height - 2 * gutter, cornerRadius);
    context.fill('evenodd');
    if (!isSpeaking) return;
    const inset = gutter + borderWidth / 2;
    context.strokeStyle = theme.speaking;
    context.lineWidth = borderWidth;
    context.beginPath();
    context.roundRect(inset, inset, width - 2 * inset, height - 2 * inset, cornerRadius - borderWidth / 2);
    context.stroke();
  });
}
