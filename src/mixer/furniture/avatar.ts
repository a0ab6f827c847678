/** The tile of somebody without a picture: initials in a circle of their own colour. */
import { parseHexColour } from '../picture/rgb.ts';
import { type I420Canvas } from '../picture/i420.ts';
import { lumaOf } from '../picture/colour.ts';
import { drawPicture } from './canvas-pixels.ts';
import { hueOf } from './participant-colour.ts';
import { initialsOf } from './text.ts';
import { type Theme } from './themes.ts';
import { tileMetricsOf } from './tile-metrics.ts';
import { fillLine, font } from './typography.ts';

export interface AvatarOptions {
  readonly theme: Theme;
  /** Of the tile, in pixels; both even. */
  readonly width: number;
  readonly height: number;
  readonly canvasHeight: number;
  readonly participantId: string;
  readonly displayName: string;
}

/** White on every disc below. */
const initialsColour = '#ffffff';

export function drawAvatar(options: AvatarOptions): I420Canvas {
  const { theme, participantId, displayName } = options;
  const hue = hueOf(participantId);
  const diameter = tileMetricsOf(options.height, options.canvasHeight).avatarDiameter;
  const wall = isLight(theme.colours.background) ? ['90%', '82%'] : ['24%', '13%'];
  return drawPicture(options.width, options.height, (context, width, height) => {
    const centreX = width / 2;
    const centreY = height / 2 - diameter * 0.06;
    const glow = context.createRadialGradient(centreX, centreY, diameter / 4, centreX, centreY, width * 0.6);
    glow.addColorStop(0, `hsl(${hue}, 26%, ${wall[0]})`);
    glow.addColorStop(1, `hsl(${hue}, 24%, ${wall[1]})`);
    context.fillStyle = glow;
    context.fillRect(0, 0, width, height);

    const disc = context.createLinearGradient(0, centreY - diameter / 2, 0, centreY + diameter / 2);
    disc.addColorStop(0, `hsl(${hue}, 52%, 50%)`);
    disc.addColorStop(1, `hsl(${hue}, 56%, 36%)`);
    context.fillStyle = disc;
    context.beginPath();
    context.arc(centreX, centreY, diameter / 2, 0, 2 * Math.PI);
    context.fill();
    context.clip();

    const initials = initialsOf(displayName);
    const widest = diameter * 0.8;
    context.fillStyle = initialsColour;
    const sizePx = Math.round(diameter * 0.4);
    context.font = font(theme, 600, sizePx);
    const { width: textWidth } = context.measureText(initials);
    if (textWidth > widest) context.font = font(theme, 600, Math.floor((sizePx * widest) / textWidth));
    const box = context.measureText(initials);
    const baseline = centreY + (box.actualBoundingBoxAscent - box.actualBoundingBoxDescent) / 2;
    fillLine(context, initials, centreX, baseline, 'center');
  });
}

/** Middle of the luma range, between dark themes and light ones. */
function isLight(colour: string): boolean {
  const { r, g, b } = parseHexColour(colour);
  return lumaOf(r, g, b) > 126;
}
