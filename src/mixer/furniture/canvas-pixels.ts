/** Drawing surfaces and the way from them to pictures and sprites. */
import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { type I420Canvas } from '../picture/i420.ts';
import { rgbaToI420 } from '../picture/rgba-to-i420.ts';
import { createSprite } from '../picture/create-sprite.ts';
import { type Sprite } from '../picture/sprite.ts';

export type Draw = (context: SKRSContext2D, width: number, height: number) => void;

/** Runs `draw` on an empty surface and returns it as an opaque picture. */
export function drawPicture(width: number, height: number, draw: Draw): I420Canvas {
  return rgbaToI420(pixelsOf(drawn(width, height, draw)));
}

/** Runs `draw` on an empty, transparent surface and returns what was drawn as a sprite. */
export function drawSprite(width: number, height: number, draw: Draw): Sprite {
  return createSprite(pixelsOf(drawn(width, height, draw)));
}

/** Next even number of pixels. */
export function evenCeil(length: number): number {
  return 2 * Math.ceil(length / 2);
}

function drawn(width: number, height: number, draw: Draw): Canvas {
  const canvas = createCanvas(width, height);
  draw(canvas.getContext('2d'), width, height);
  return canvas;
}

function pixelsOf(canvas: Canvas) {
  const { width, height } = canvas;
  return { width, height, data: canvas.getContext('2d').getImageData(0, 0, width, height).data };
}
