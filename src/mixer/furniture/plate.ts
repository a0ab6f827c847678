/** The plate under a name, in the theme's style. */
import { type SKRSContext2D } from '@napi-rs/canvas';
import { type Theme, withAlpha } from './themes.ts';

/** Width of the stripe of a `bar` plate; the text keeps clear of it by its padding. */
export function stripeWidthOf(theme: Theme, padding: number): number {
  return theme.plateStyle === 'bar' ? Math.max(2, Math.round(padding / 3)) : 0;
}

/** Fills (0, 0) to (width, height). */
export function fillPlate(context: SKRSContext2D, theme: Theme, width: number, height: number, padding: number): void {
  context.fillStyle = withAlpha(theme.colours.plate, theme.plateOpacity);
  context.beginPath();
  if (theme.plateStyle === 'rounded')
    context.roundRect(0, 0, width, height, (Math.min(height, 48) / 4) * theme.cornerRadius);
  else context.rect(0, 0, width, height);
  context.fill();
  const stripeWidth = stripeWidthOf(theme, padding);
  if (stripeWidth === 0) return;
  context.fillStyle = theme.colours.accent;
  context.fillRect(0, 0, stripeWidth, height);
}
