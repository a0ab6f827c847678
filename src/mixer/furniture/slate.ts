/** What is shown instead of the stage: the title, one line, and room for a clock. */
import { type SKRSContext2D } from '@napi-rs/canvas';
import { type CanvasSize } from '../layout/geometry.ts';
import { type I420Canvas } from '../picture/i420.ts';
import { fallbackTitle, fillBackground } from './backdrop.ts';
import { drawPicture } from './canvas-pixels.ts';
import { clockHeightRatio } from './clock.ts';
import { drawLogo } from './logo.ts';
import { type Look } from './look.ts';
import { ellipsise, printable, wrap } from './text.ts';
import { withAlpha } from './themes.ts';
import { fillLine, font } from './typography.ts';

export interface SlateText {
  /** One line below the title. */
  readonly message: string;
  /** Leaves room for a clock. */
  readonly hasClock: boolean;
}

/** Title and line, centred. */
export function drawSlate(canvas: CanvasSize, look: Look, { message, hasClock }: SlateText): I420Canvas {
  const { colours } = look.theme;
  return drawPicture(canvas.width, canvas.height, (context, width, height) => {
    fillWithGlow(context, canvas, look);
    context.textBaseline = 'middle';
    const widest = width * 0.8;
    const titleSize = Math.round(height / 12);
    const lineHeight = titleSize * 1.25;
    const clockHeight = hasClock ? height * clockHeightRatio : 0;
    context.font = font(look.theme, 700, titleSize);
    context.fillStyle = colours.text;
    const lines = wrap(context, printable(look.title, fallbackTitle), widest, hasClock ? 2 : 3);
    const firstY = height * 0.46 - ((lines.length - 1) * lineHeight + clockHeight) / 2;
    lines.forEach((line, index) => fillLine(context, line, width / 2, firstY + index * lineHeight, 'center'));

    const lastY = firstY + (lines.length - 1) * lineHeight;
    context.fillStyle = colours.accent;
    const lineWidth = height / 10;
    context.beginPath();
    context.roundRect((width - lineWidth) / 2, lastY + titleSize * 0.95, lineWidth, height / 180, height / 360);
    context.fill();
    context.font = font(look.theme, 500, Math.round(height / 24));
    context.fillStyle = colours.textSubdued;
    const text = ellipsise(context, message, widest);
    fillLine(context, text, width / 2, lastY + titleSize * 1.85, 'center');
    drawLogo(context, canvas, look);
  });
}

function fillWithGlow(context: SKRSContext2D, canvas: CanvasSize, look: Look): void {
  const { width, height } = canvas;
  const { background, backgroundGlow } = look.theme.colours;
  fillBackground(context, canvas, look.theme, look.background);
  if (look.background !== undefined) {
    // Text must stay readable on any picture.
    context.fillStyle = withAlpha(background, 0.62);
    context.fillRect(0, 0, width, height);
    return;
  }
  const glow = context.createRadialGradient(width / 2, height * 0.42, 0, width / 2, height * 0.42, width * 0.62);
  glow.addColorStop(0, backgroundGlow);
  glow.addColorStop(1, background);
  context.fillStyle = glow;
  context.fillRect(0, 0, width, height);
}
