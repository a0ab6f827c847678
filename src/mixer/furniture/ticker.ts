/** One line that runs along the bottom edge. Drawn once as a strip; a frame costs a copy of the band. */
import { createCanvas } from '@napi-rs/canvas';
import { type CanvasSize } from '../layout/geometry.ts';
import { blitColumns, type I420Canvas } from '../picture/i420.ts';
import { drawPicture, evenCeil } from './canvas-pixels.ts';
import { type Look } from './look.ts';
import { ellipsise, printable } from './text.ts';
import { even, scaleOf } from './tile-metrics.ts';
import { baselineAround, directionOf, fillLine, font } from './typography.ts';

const bandHeightPx = 40;
/** On a 720-line canvas: a word or two per second. */
const pixelsPerSec = 120;
/** Bounds the strip's memory; about 60 characters per 1000 pixels. */
const maxTextWidthPx = 16_000;
const maxTextUnits = 1000;

/** Height of the band, 0 without a ticker; even. */
export function tickerHeightOf(canvas: CanvasSize, look: Look): number {
  return tickerTextOf(look) === '' ? 0 : even(bandHeightPx * scaleOf(canvas.height));
}

export class Ticker {
  /** Distance per frame; even, because chroma has half the resolution. */
  readonly pixelsPerFrame: number;
  readonly height: number;
  readonly #y: number;
  readonly #strip: I420Canvas;
  readonly #blank: I420Canvas;
  readonly #runsRight: boolean;

  /** @param frameRate program frames per second. */
  constructor(canvas: CanvasSize, look: Look, frameRate: number) {
    const scale = scaleOf(canvas.height);
    this.pixelsPerFrame = Math.max(2, even((pixelsPerSec * scale) / frameRate));
    this.height = tickerHeightOf(canvas, look);
    this.#y = canvas.height - this.height;
    const text = tickerTextOf(look);
    this.#runsRight = directionOf(text) === 'rtl';
    this.#strip = drawStrip(look, text, this.height, evenCeil(canvas.width / 4));
    this.#blank = drawBand(look, canvas.width, this.height);
  }

  /**
   * Draws the band. The text comes in at one edge on frame 0 and then follows itself without end.
   * @param frameCount frames since the ticker began; any integer >= 0.
   */
  draw(target: I420Canvas, frameCount: number): void {
    const moved = frameCount * this.pixelsPerFrame;
    const covered = Math.min(moved, target.width);
    if (covered < target.width) {
      const blankX = this.#runsRight ? covered : 0;
      blitColumns(target, this.#blank, 0, target.width - covered, blankX, this.#y);
    }
    const loop = this.#strip.width;
    // Column of the strip at the left end of what the text has covered so far.
    let column = this.#runsRight ? modulo(-moved, loop) : modulo(moved - covered, loop);
    const end = this.#runsRight ? covered : target.width;
    for (let x = end - covered; x < end;) {
      const width = Math.min(loop - column, end - x);
      blitColumns(target, this.#strip, column, width, x, this.#y);
      x += width;
      column = 0;
    }
  }
}

function tickerTextOf(look: Look): string {
  // Lines become one, parted by a dot.
  return printable(look.ticker.trim().replace(/\s*\n\s*/g, '  •  '), '', maxTextUnits);
}

/** The text and the gap to its next round. */
function drawStrip(look: Look, text: string, height: number, gap: number): I420Canvas {
  const lineFont = font(look.theme, 500, Math.round(height * 0.55));
  const measuring = createCanvas(1, 1).getContext('2d');
  measuring.font = lineFont;
  const shown = ellipsise(measuring, text, maxTextWidthPx);
  const width = evenCeil(measuring.measureText(shown).width) + gap;
  return drawPicture(width, height, (context) => {
    fillBand(context, look, width, height);
    context.font = lineFont;
    context.fillStyle = look.theme.colours.bannerText;
    fillLine(context, shown, directionOf(shown) === 'rtl' ? gap : 0, baselineAround(context, height / 2));
  });
}

function drawBand(look: Look, width: number, height: number): I420Canvas {
  return drawPicture(width, height, (context) => fillBand(context, look, width, height));
}

function fillBand(
  context: { fillStyle: unknown; fillRect: (x: number, y: number, width: number, height: number) => void },
  { theme }: Look,
  width: number,
  height: number,
): void {
  context.fillStyle = theme.colours.banner;
  context.fillRect(0, 0, width, height);
  context.fillStyle = theme.colours.accent;
  context.fillRect(0, 0, width, Math.max(2, even(height / 20)));
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
