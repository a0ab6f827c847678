/** The edge of a tile: rounded corners, a gutter to its neighbours, and the border of whoever speaks. */
import { type Canvas } from '@napi-rs/canvas';
import { type Rect } from '../picture/i420.ts';
import { type Sprite } from '../picture/sprite.ts';
import { drawSprite } from './canvas-pixels.ts';
import { type Theme } from './themes.ts';
import { type TileMetrics } from './tile-metrics.ts';

export interface TileFrameOptions {
  readonly theme: Theme;
  readonly rect: Rect;
  readonly metrics: TileMetrics;
  readonly isSpeaking: boolean;
  /** Picture of the whole canvas that shows between the tiles; the background colour when absent. */
  readonly background?: Canvas | undefined;
}

/** Transparent inside, so its cost per frame is that of the edge only. */
export function drawTileFrame({ theme, rect, metrics, isSpeaking, background }: TileFrameOptions): Sprite {
  const { gutter, borderWidth } = metrics;
  const cornerRadius = metrics.cornerRadius * theme.cornerRadius;
  return drawSprite(rect.width, rect.height, (context, width, height) => {
    context.beginPath();
    context.rect(0, 0, width, height);
    context.roundRect(gutter, gutter, width - 2 * gutter, height - 2 * gutter, cornerRadius);
    if (background === undefined) {
      context.fillStyle = theme.colours.background;
      context.fill('evenodd');
    } else {
      context.save();
      context.clip('evenodd');
      context.drawImage(background, -rect.x, -rect.y);
      context.restore();
    }
    if (!isSpeaking) return;
    const inset = gutter + borderWidth / 2;
    context.strokeStyle = theme.colours.speaking;
    context.lineWidth = borderWidth;
    context.beginPath();
    context.roundRect(inset, inset, width - 2 * inset, height - 2 * inset, Math.max(0, cornerRadius - borderWidth / 2));
    context.stroke();
  });
}
