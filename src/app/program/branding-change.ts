/** A change of a program's look as the API takes it: what is left out keeps its value, null removes. Pure. */
import { z } from 'zod';
import { brandingTextSchema, logoPlaceSchema, maxImageBytes, type PicturePart } from '../../mixer/index.ts';
import { type ChangedImages, type ProgramSettings } from './settings.ts';

/** Base64 takes four characters for three bytes. */
const imageBase64 = z
  .base64()
  .min(4)
  .max(4 * Math.ceil(maxImageBytes / 3))
  .describe('PNG, JPEG or WebP, at most 4 MiB');

const text = brandingTextSchema.shape;
const place = logoPlaceSchema.shape;

export const brandingChangeSchema = z.strictObject({
  theme: text.theme.nullable(),
  title: text.title.nullable(),
  ticker: text.ticker.nullable(),
  banner: text.banner.nullable(),
  /** Without a picture only its place changes. */
  logo: z
    .strictObject({
      // Without the defaults, which would move a logo whose place is not mentioned.
      corner: place.corner.unwrap().optional(),
      marginRatio: place.marginRatio.unwrap().optional(),
      heightRatio: place.heightRatio.unwrap().optional(),
      imageBase64: imageBase64.optional(),
    })
    .nullable()
    .optional(),
  background: z.strictObject({ imageBase64 }).nullable().optional(),
});
export type BrandingChange = z.output<typeof brandingChangeSchema>;

/** Both pictures at their largest, and everything else. */
export const maxBrandingBodyBytes = 2 * 4 * Math.ceil(maxImageBytes / 3) + 64 * 1024;

export interface ChangedBranding {
  readonly branding: ProgramSettings['branding'];
  readonly images: ChangedImages;
}

/** New pictures by what they are for. */
export type NewPictures = Partial<Record<PicturePart, Uint8Array>>;

/** The files of a change as they were uploaded. */
export function uploadedPictures(change: BrandingChange): NewPictures {
  const files = { logo: change.logo?.imageBase64, background: change.background?.imageBase64 };
  const pictures: NewPictures = {};
  for (const part of ['logo', 'background'] as const) {
    const file = files[part];
    if (file !== undefined) pictures[part] = new Uint8Array(Buffer.from(file, 'base64'));
  }
  return pictures;
}

/** @param pictures what is kept of the change's uploads, which nothing reads here. */
export function changeBranding(
  branding: ProgramSettings['branding'],
  change: BrandingChange,
  pictures: NewPictures,
): ChangedBranding {
  const { logo, background, ...texts } = change;
  const images: ChangedImages = {};
  const next: Record<string, unknown> = { ...branding };
  for (const [name, value] of Object.entries(texts)) {
    if (value === null) delete next[name];
    else if (value !== undefined) next[name] = value;
  }
  if (logo === null) {
    delete next.logo;
    images.logo = null;
  } else if (logo !== undefined && (logo.imageBase64 !== undefined || branding.logo !== undefined)) {
    const { imageBase64: _, ...placeChange } = logo;
    next.logo = logoPlaceSchema.parse({ ...branding.logo, ...placeChange });
    if (pictures.logo !== undefined) images.logo = pictures.logo;
  }
  if (background !== undefined) {
    next.hasBackground = background !== null;
    if (background === null) images.background = null;
    else if (pictures.background !== undefined) images.background = pictures.background;
  }
  return { branding: next as ProgramSettings['branding'], images };
}
