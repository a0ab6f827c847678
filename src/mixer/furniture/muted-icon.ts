/** A microphone with a stroke through it. */
import { type SKRSContext2D } from '@napi-rs/canvas';
import { type Theme } from './themes.ts';

/** `width` pixels wide from `x` on, centred on `centreY`. */
export function drawMutedIcon(context: SKRSContext2D, theme: Theme, x: number, centreY: number, width: number): void {
  const { muted, plate } = theme.colours;
  const unit = width / 16;
  context.save();
  context.translate(x + width / 2, centreY);
  context.strokeStyle = muted;
  context.fillStyle = muted;
  context.lineCap = 'round';
  context.lineWidth = 1.8 * unit;
  context.beginPath();
  context.roundRect(-2.8 * unit, -9 * unit, 5.6 * unit, 10.5 * unit, 2.8 * unit);
  context.fill();
  context.beginPath();
  context.arc(0, -1.5 * unit, 5.4 * unit, 0.12 * Math.PI, 0.88 * Math.PI);
  context.moveTo(0, 4 * unit);
  context.lineTo(0, 8 * unit);
  context.moveTo(-3.4 * unit, 8.2 * unit);
  context.lineTo(3.4 * unit, 8.2 * unit);
  context.stroke();
  context.strokeStyle = plate;
  context.lineWidth = 4.4 * unit;
  context.beginPath();
  context.moveTo(-7 * unit, -8 * unit);
  context.lineTo(7 * unit, 8 * unit);
  context.stroke();
  context.strokeStyle = muted;
  context.lineWidth = 1.8 * unit;
  context.stroke();
  context.restore();
}
