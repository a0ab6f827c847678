/** The banner: a lower third over the whole program, one line and a smaller one. */
import { createCanvas } from '@napi-rs/canvas';
import { type CanvasSize } from '../layout/geometry.ts';
import { type PlacedSprite } from '../picture/sprite.ts';
import { drawSprite, evenCeil } from './canvas-pixels.ts';
import { type Look } from './look.ts';
import { ellipsise, printable } from './text.ts';
import { even, scaleOf } from './tile-metrics.ts';
import { baselineAround, fillLine, font } from './typography.ts';

const measuring = createCanvas(1, 1).getContext('2d');

/** @param bottom lower edge of the room there is, above the ticker. */
export function placeBanner(canvas: CanvasSize, look: Look, bottom: number): PlacedSprite[] {
  const text = printable(look.banner?.text ?? '', '');
  if (text === '') return [];
  const { theme } = look;
  const scale = scaleOf(canvas.height);
  const detail = printable(look.banner?.detail ?? '', '');
  const marginX = even(canvas.width * 0.05);
  const padding = Math.round(20 * scale);
  const stripe = Math.round(6 * scale);
  const textFont = font(theme, 600, Math.round(28 * scale));
  const detailFont = font(theme, 500, Math.round(19 * scale));
  const widest = canvas.width - 2 * marginX - 2 * padding - stripe;
  const fit = (line: string, lineFont: string) => {
    measuring.font = lineFont;
    const shown = ellipsise(measuring, line, widest);
    return { shown, width: measuring.measureText(shown).width };
  };
  const first = fit(text, textFont);
  const second = fit(detail, detailFont);
  const width = evenCeil(Math.max(first.width, second.width) + 2 * padding + stripe);
  const height = even((detail === '' ? 56 : 80) * scale);
  const sprite = drawSprite(width, height, (context) => {
    context.fillStyle = theme.colours.banner;
    context.beginPath();
    if (theme.plateStyle === 'rounded') context.roundRect(0, 0, width, height, 8 * scale * theme.cornerRadius);
    else context.rect(0, 0, width, height);
    context.clip();
    context.fillRect(0, 0, width, height);
    context.fillStyle = theme.colours.accent;
    context.fillRect(0, 0, stripe, height);
    context.fillStyle = theme.colours.bannerText;
    context.font = textFont;
    const x = stripe + padding;
    fillLine(context, first.shown, x, baselineAround(context, height * (detail === '' ? 0.5 : 0.34)));
    context.font = detailFont;
    context.globalAlpha = 0.85;
    fillLine(context, second.shown, x, baselineAround(context, height * 0.73));
  });
  return [{ sprite, x: marginX, y: bottom - even(24 * scale) - height }];
}
