/** The logo: where it lies on the canvas, and drawing it. */
import { type SKRSContext2D } from '@napi-rs/canvas';
import { type LogoPlace } from '../branding.ts';
import { type CanvasSize } from '../layout/geometry.ts';
import { type Rect } from '../picture/i420.ts';
import { type PlacedSprite } from '../picture/sprite.ts';
import { drawSprite } from './canvas-pixels.ts';
import { type Look } from './look.ts';
import { even } from './tile-metrics.ts';

/** Largest width against the canvas's. */
const maxWidthRatio = 0.25;

/** The logo in its corner, clear of the margin, in its own shape and never enlarged beyond its limits; all even. */
export function logoRect(
  canvas: CanvasSize,
  place: LogoPlace,
  picture: { readonly width: number; readonly height: number },
): Rect {
  const scale = Math.min(
    (canvas.height * place.heightRatio) / picture.height,
    (canvas.width * maxWidthRatio) / picture.width,
  );
  const width = Math.max(2, even(picture.width * scale));
  const height = Math.max(2, even(picture.height * scale));
  const marginX = even(canvas.width * place.marginRatio);
  const marginY = even(canvas.height * place.marginRatio);
  return {
    x: place.corner.endsWith('Left') ? marginX : canvas.width - marginX - width,
    y: place.corner.startsWith('top') ? marginY : canvas.height - marginY - height,
    width,
    height,
  };
}

/** The logo as a sprite on the canvas. */
export function placeLogo(canvas: CanvasSize, { logo }: Look): PlacedSprite[] {
  if (logo === undefined) return [];
  const { x, y, width, height } = logoRect(canvas, logo.place, logo.picture);
  const sprite = drawSprite(width, height, (context) => context.drawImage(logo.picture, 0, 0, width, height));
  return [{ sprite, x, y }];
}

/** The logo as part of a drawing of the whole canvas. */
export function drawLogo(context: SKRSContext2D, canvas: CanvasSize, { logo }: Look): void {
  if (logo === undefined) return;
  const { x, y, width, height } = logoRect(canvas, logo.place, logo.picture);
  context.drawImage(logo.picture, x, y, width, height);
}
