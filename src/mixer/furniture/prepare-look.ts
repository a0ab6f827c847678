/** From a branding as it was sent to a look: decodes its pictures, each by itself, and says what could not be used. */
import { type Canvas, createCanvas, Image } from '@napi-rs/canvas';
import { toRostrumError } from '../../core/errors.ts';
import { maxPlainImageBytes, type MixerBranding } from '../branding.ts';
import { mixerError } from '../errors.ts';
import { type CanvasSize } from '../layout/geometry.ts';
import { inspectImage } from './inspect-image.ts';
import { logoRect } from './logo.ts';
import { type Look } from './look.ts';
import { resolveTheme } from './themes.ts';

/** A part that is left out; `look` is all of it. */
export interface LookProblem {
  readonly part: 'logo' | 'background' | 'look';
  readonly code: string;
  readonly message: string;
}

export interface PreparedLook {
  readonly look: Look;
  readonly problems: readonly LookProblem[];
}

/**
 * Decoded pictures are scaled to their place at once, so that nothing of a user's size is kept. Never rejects.
 * @param defaultTitle the webinar's own.
 */
export async function prepareLook(
  branding: MixerBranding,
  canvas: CanvasSize,
  defaultTitle: string,
): Promise<PreparedLook> {
  const problems: LookProblem[] = [];
  const attempt = async (part: LookProblem['part'], make: () => Promise<Canvas>) => {
    try {
      return await make();
    } catch (thrown) {
      const { code, message } = toRostrumError(thrown);
      problems.push({ part, code, message });
      return undefined;
    }
  };
  const { logo, background } = branding;
  const logoPicture = logo && (await attempt('logo', async () => scaledLogo(canvas, logo, await decode(logo.image))));
  const backgroundPicture =
    background && (await attempt('background', async () => covering(canvas, await decode(background.image))));
  const look: Look = {
    theme: resolveTheme(branding.theme),
    title: branding.title ?? defaultTitle,
    ticker: branding.ticker ?? '',
    banner: branding.banner,
    logo: logo && logoPicture && { picture: logoPicture, place: logo },
    background: backgroundPicture,
  };
  return { look, problems };
}

async function decode(bytes: Uint8Array): Promise<Image> {
  const claimed = inspectImage(bytes, maxPlainImageBytes);
  const image = new Image();
  try {
    // A copy: the decoder works on another thread and must not see later changes.
    image.src = Uint8Array.from(bytes);
    await image.decode();
  } catch (cause) {
    throw mixerError('MIXER_IMAGE_INVALID', { cause });
  }
  const isAsClaimed = image.naturalWidth * image.naturalHeight === claimed.width * claimed.height;
  if (!isAsClaimed) throw mixerError('MIXER_IMAGE_INVALID');
  return image;
}

function scaledLogo(canvas: CanvasSize, place: NonNullable<MixerBranding['logo']>, image: Image): Canvas {
  const { width, height } = logoRect(canvas, place, { width: image.naturalWidth, height: image.naturalHeight });
  return drawnIn(width, height, image, 0, 0, width, height);
}

/** Fills the canvas, cut at the centre. */
function covering(canvas: CanvasSize, image: Image): Canvas {
  const scale = Math.max(canvas.width / image.naturalWidth, canvas.height / image.naturalHeight);
  const width = image.naturalWidth * scale;
  const height = image.naturalHeight * scale;
  return drawnIn(
    canvas.width,
    canvas.height,
    image,
    (canvas.width - width) / 2,
    (canvas.height - height) / 2,
    width,
    height,
  );
}

function drawnIn(
  canvasWidth: number,
  canvasHeight: number,
  image: Image,
  x: number,
  y: number,
  width: number,
  height: number,
): Canvas {
  const canvas = createCanvas(canvasWidth, canvasHeight);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, x, y, width, height);
  return canvas;
}
