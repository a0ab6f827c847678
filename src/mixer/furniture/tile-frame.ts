/** The edge of a tile: rounded corners, a gutter to its neighbours, and the border of whoever speaks. */
import { type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import { type Rect } from '../picture/i420.ts';
import { joinSprites, type Sprite } from '../picture/sprite.ts';
import { drawSprite, evenCeil } from './canvas-pixels.ts';
import { type Theme } from './themes.ts';
import { type TileMetrics } from './tile-metrics.ts';

export interface TileFrameOptions {
  readonly theme: Theme;
  readonly rect: Rect;
  readonly metrics: TileMetrics;
  readonly isSpeaking: boolean;
  /** Picture of the whole canvas that shows between the tiles; the background colour when absent. */
  readonly background?: Canvas | undefined;
  /** `all` by default; `border` leaves out what is around the rounded picture, `surround` the border. */
  readonly part?: 'all' | 'border' | 'surround' | undefined;
}

/**
 * Transparent inside, so its cost per frame is that of the edge only; and only the edge is drawn, because a change of
 * layout must fit into a frame's time.
 */
export function drawTileFrame(options: TileFrameOptions): Sprite {
  const { theme, metrics, rect } = options;
  const { width, height } = rect;
  const reach = metrics.gutter + Math.max(metrics.borderWidth, metrics.cornerRadius * theme.cornerRadius);
  const edge = Math.min(evenCeil(reach), 2 * Math.floor(Math.min(width, height) / 4));
  const places: Rect[] = [
    { x: 0, y: 0, width, height: edge },
    { x: 0, y: edge, width: edge, height: height - 2 * edge },
    { x: width - edge, y: edge, width: edge, height: height - 2 * edge },
    { x: 0, y: height - edge, width, height: edge },
  ];
  const parts = places.map(({ x, y, width: partWidth, height: partHeight }) => ({
    sprite: drawSprite(partWidth, partHeight, (context) => {
      context.translate(-x, -y);
      drawFrame(context, options);
    }),
    x,
    y,
  }));
  return joinSprites(width, height, parts);
}

function drawFrame(context: SKRSContext2D, options: TileFrameOptions): void {
  const { part = 'all', isSpeaking } = options;
  if (part !== 'border') fillSurround(context, options);
  if (part !== 'surround' && isSpeaking) strokeBorder(context, options);
}

function fillSurround(context: SKRSContext2D, { theme, rect, metrics, background }: TileFrameOptions): void {
  const { width, height } = rect;
  const { gutter } = metrics;
  const cornerRadius = metrics.cornerRadius * theme.cornerRadius;
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
}

function strokeBorder(context: SKRSContext2D, { theme, rect, metrics }: TileFrameOptions): void {
  const { width, height } = rect;
  const { gutter, borderWidth } = metrics;
  const cornerRadius = metrics.cornerRadius * theme.cornerRadius;
  const inset = gutter + borderWidth / 2;
  context.strokeStyle = theme.colours.speaking;
  context.lineWidth = borderWidth;
  context.beginPath();
  context.roundRect(inset, inset, width - 2 * inset, height - 2 * inset, Math.max(0, cornerRadius - borderWidth / 2));
  context.stroke();
}
