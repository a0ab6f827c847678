import { describe, expect, it } from 'vitest';
import { brandingChangeSchema, changeBranding, uploadedPictures } from '../../../../src/app/program/branding-change.ts';
import { defaultSettings, mixerBranding } from '../../../../src/app/program/settings.ts';
import { tinyPng, tinyPngBase64 } from '../../../support/tiny-picture.ts';

const plain = { logo: Uint8Array.of(1), background: Uint8Array.of(2) };
const start = changeBranding(
  defaultSettings.branding,
  brandingChangeSchema.parse({
    ticker: 'Doors close at ten',
    banner: { text: 'Dr. Ada', detail: 'Keynote' },
    logo: { imageBase64: tinyPngBase64, corner: 'bottomLeft' },
    background: { imageBase64: tinyPngBase64 },
  }),
  plain,
).branding;

describe('changeBranding', () => {
  it('keeps what is left out, takes away what is null, and tells which pictures change', () => {
    const change = brandingChangeSchema.parse({ ticker: null, theme: { base: 'light' }, background: null });
    const { branding, images } = changeBranding(start, change, {});
    expect(branding).toEqual({
      theme: { base: 'light' },
      banner: { text: 'Dr. Ada', detail: 'Keynote' },
      logo: { corner: 'bottomLeft', marginRatio: 0.1, heightRatio: 0.1 },
      hasBackground: false,
    });
    expect(images).toEqual({ background: null });
  });

  it('moves a logo without sending its picture again, and puts none where none is', () => {
    const moved = changeBranding(start, brandingChangeSchema.parse({ logo: { heightRatio: 0.2 } }), {});
    expect(moved.branding.logo).toEqual({ corner: 'bottomLeft', marginRatio: 0.1, heightRatio: 0.2 });
    expect(moved.images).toEqual({});
    const none = changeBranding(
      defaultSettings.branding,
      brandingChangeSchema.parse({ logo: { heightRatio: 0.2 } }),
      {},
    );
    expect(none.branding).toEqual(defaultSettings.branding);
    const gone = changeBranding(start, brandingChangeSchema.parse({ logo: null }), {});
    expect(gone).toMatchObject({ images: { logo: null } });
    expect(gone.branding.logo).toBeUndefined();
  });

  it('keeps the plain form of a picture and never the upload', () => {
    const change = brandingChangeSchema.parse({
      logo: { imageBase64: tinyPngBase64 },
      background: { imageBase64: tinyPngBase64 },
    });
    expect(changeBranding(start, change, plain).images).toEqual(plain);
  });
});

describe('uploadedPictures', () => {
  it('gives the bytes of the files that a change brings', () => {
    const logo = { imageBase64: tinyPngBase64 };
    expect(uploadedPictures(brandingChangeSchema.parse({ logo }))).toEqual({ logo: new Uint8Array(tinyPng) });
    expect(uploadedPictures(brandingChangeSchema.parse({ logo: null, background: null }))).toEqual({});
  });
});

describe('brandingChangeSchema', () => {
  it.each([
    ['what is no base64', { logo: { imageBase64: '<svg/>' } }],
    ['a picture of more than 4 MiB', { background: { imageBase64: 'A'.repeat(5_700_000) } }],
    ['a theme nobody knows', { theme: { base: 'neon' } }],
    ['a field nobody knows', { css: '*{}' }],
    ['a ticker without end', { ticker: 'x'.repeat(1001) }],
    ['a logo in the middle', { logo: { corner: 'middle' } }],
  ])('refuses %s', (_what, change) => {
    expect(brandingChangeSchema.safeParse(change).success).toBe(false);
  });
});

describe('mixerBranding', () => {
  it('leaves a logo out whose picture is missing', () => {
    expect(mixerBranding(start, { logo: undefined, background: undefined })).toEqual({
      ticker: 'Doors close at ten',
      banner: { text: 'Dr. Ada', detail: 'Keynote' },
    });
  });
});
