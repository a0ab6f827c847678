/** What is kept of a webinar's program between events: the layout without its pins, the scene, the look without its pictures. Pure. */
import { z } from 'zod';
import { brandingTextSchema, logoPlaceSchema, type LayoutRequest, type MixerBranding } from '../../mixer/index.ts';
import {
  layoutChoiceSchema,
  sceneSchema,
  type BrandingSummary,
  type LayoutSetting,
} from '../../signaling/protocol/index.ts';

export const programSettingsSchema = z.strictObject({
  layout: z.strictObject({ layout: layoutChoiceSchema, crossfade: z.boolean() }),
  scene: sceneSchema,
  branding: brandingTextSchema.extend({
    /** Where the logo is; its picture is kept apart. */
    logo: logoPlaceSchema.optional(),
    hasBackground: z.boolean(),
  }),
});
export type ProgramSettings = z.output<typeof programSettingsSchema>;

export interface BrandingImages {
  readonly logo: Uint8Array<ArrayBuffer> | undefined;
  readonly background: Uint8Array<ArrayBuffer> | undefined;
}

/** Pictures that change; null is one that goes. */
export type ChangedImages = Partial<Record<keyof BrandingImages, Uint8Array | null>>;

export const defaultSettings: ProgramSettings = {
  layout: { layout: 'auto', crossfade: false },
  scene: { kind: 'live' },
  branding: { hasBackground: false },
};

/** In the mixer's words. */
export function layoutRequest({ layout, pinnedIds, crossfade }: LayoutSetting): LayoutRequest {
  const common = { pinnedIds: [...pinnedIds], crossfade };
  return layout === 'auto' ? { mode: 'auto', ...common } : { mode: 'fixed', name: layout, ...common };
}

/** In the mixer's words. */
export function mixerBranding(branding: ProgramSettings['branding'], images: BrandingImages): MixerBranding {
  const { hasBackground: _, logo, ...text } = branding;
  return {
    ...text,
    ...(logo === undefined || images.logo === undefined ? {} : { logo: { ...logo, image: images.logo } }),
    ...(images.background === undefined ? {} : { background: { image: images.background } }),
  };
}

/** In the words of the stage. */
export function brandingSummary(branding: ProgramSettings['branding']): BrandingSummary {
  return {
    theme: branding.theme?.base ?? 'dark',
    ticker: branding.ticker ?? '',
    banner: branding.banner?.text ?? '',
    bannerDetail: branding.banner?.detail ?? '',
    hasLogo: branding.logo !== undefined,
    hasBackground: branding.hasBackground,
  };
}
