/** Which picture files are taken, and a coded refusal for all others. */
import { maxImageBytes } from '../branding.ts';
import { mixerError } from '../errors.ts';
import { type ImageHeader, readImageHeader } from './image-header.ts';

/** Longest side in pixels. */
export const maxImageSide = 8192;
/** Most pixels: 64 MB while it is decoded. */
export const maxImagePixels = 16_777_216;

/**
 * Reads the header and decodes nothing.
 * @throws MIXER_IMAGE_TOO_LARGE, MIXER_IMAGE_INVALID
 */
export function inspectImage(bytes: Uint8Array, maxBytes = maxImageBytes): ImageHeader {
  if (bytes.length > maxBytes) {
    throw mixerError('MIXER_IMAGE_TOO_LARGE', { details: { byteCount: bytes.length, maxBytes } });
  }
  const header = readImageHeader(bytes);
  if (header === undefined) throw mixerError('MIXER_IMAGE_INVALID');
  const { width, height } = header;
  if (Math.max(width, height) > maxImageSide || width * height > maxImagePixels) {
    throw mixerError('MIXER_IMAGE_TOO_LARGE', { details: { width, height, maxImageSide, maxImagePixels } });
  }
  return header;
}
