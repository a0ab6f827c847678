/** The tile of somebody without a picture: initials in a circle of their own colour. */
import { type I420Canvas } from '../picture/i420.ts';
import { drawPicture } from './canvas-pixels.ts';
import { hueOf } from './participant-colour.ts';
import { initialsOf } from './text.ts';
import { font, theme, tileMetricsOf } from './theme.ts';

export interface AvatarOptions {
  /** Of the tile, in pixels; both even. */
  readonly width: number;
  readonly height: number;
  readonly canvasHeight: number;
  readonly participantId: string;
  readonly displayName: string;
}

export function drawAvatar(options: AvatarOptions): I420Canvas {
  const hue = hueOf(options.participantId);
  const diameter = tileMetricsOf(options.height, options.canvasHeight).avatarDiameter;
  return drawPicture(options.width, options.height, (context, width, height) => {
    const centreX = width / 2;
    const centreY = height / 2 - diameter * 0.06;
    const glow = context.createRadialGradient(centreX, centreY, diameter / 4, centreX, centreY, width * 0.6);
    glow.addColorStop(0, `hsl(${hue}, 26%, 24%)`);
    glow.addColorStop(1, `hsl(${hue}, 24%, 13%)`);
    context.fillStyle = glow;
    context.fillRect(0, 0, width, height);

    const disc = context.createLinearGradient(0, centreY - diameter / 2, 0, centreY + diameter / 2);
    disc.addColorStop(0, `hsl(${hue}, 52%, 54%)`);
    disc.addColorStop(1, `hsl(${hue}, 56%, 40%)`);
    context.fillStyle = disc;
    context.beginPath();
    context.arc(centreX, centreY, diameter / 2, 0, 2 * Math.PI);
    context.fill();

    const initials = initialsOf(options.displayName);
    context.fillStyle = theme.text;
    context.font = font(600, Math.round(diameter * 0.4));
    context.textAlign = 'center';
    const box = context.measureText(initials);
    const baseline = centreY + (box.actualBoundingBoxAscent - box.actualBoundingBoxDescent) / 2;
    context.fillText(initials, centreX, baseline, diameter * 0.8);
  });
}
