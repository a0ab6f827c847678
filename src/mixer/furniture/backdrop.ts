/** What lies behind the tiles, and what is shown while nobody is on stage. */
import { type SKRSContext2D } from '@napi-rs/canvas';
import { type I420Canvas, type Rect } from '../picture/i420.ts';
import { drawPicture } from './canvas-pixels.ts';
import { ellipsise, printable, wrap } from './text.ts';
import { font, theme } from './theme.ts';

interface CanvasSize {
  readonly width: number;
  readonly height: number;
}

const fallbackTitle = 'Webinar';

/** Plain dark canvas with the title in the band above the stage tile. */
export function drawBackdrop(canvas: CanvasSize, title: string, stage: Rect): I420Canvas {
  return drawPicture(canvas.width, canvas.height, (context, width, height) => {
    context.fillStyle = theme.background;
    context.fillRect(0, 0, width, height);
    context.font = font(600, 26);
    context.fillStyle = theme.textSubdued;
    context.textBaseline = 'middle';
    const inset = 24;
    const text = ellipsise(context, printable(title, fallbackTitle), stage.width - 2 * inset);
    context.fillText(text, stage.x + inset, stage.y / 2);
  });
}

/** Title and one line of comfort, centred. */
export function drawSlate(canvas: CanvasSize, title: string, message: string): I420Canvas {
  return drawPicture(canvas.width, canvas.height, (context, width, height) => {
    fillWithGlow(context, width, height);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const titleSize = Math.round(height / 12);
    const lineHeight = titleSize * 1.25;
    context.font = font(700, titleSize);
    context.fillStyle = theme.text;
    const lines = wrap(context, printable(title, fallbackTitle), width * 0.8, 3);
    const firstY = height * 0.46 - ((lines.length - 1) * lineHeight) / 2;
    lines.forEach((line, index) => context.fillText(line, width / 2, firstY + index * lineHeight));

    const lastY = firstY + (lines.length - 1) * lineHeight;
    context.fillStyle = theme.speaking;
    context.beginPath();
    context.roundRect(width / 2 - 36, lastY + titleSize * 0.95, 72, 4, 2);
    context.fill();
    context.font = font(500, Math.round(height / 24));
    context.fillStyle = theme.textSubdued;
    context.fillText(message, width / 2, lastY + titleSize * 1.85);
  });
}

function fillWithGlow(context: SKRSContext2D, width: number, height: number): void {
  const glow = context.createRadialGradient(width / 2, height * 0.42, 0, width / 2, height * 0.42, width * 0.62);
  glow.addColorStop(0, theme.backgroundGlow);
  glow.addColorStop(1, theme.background);
  context.fillStyle = glow;
  context.fillRect(0, 0, width, height);
}
