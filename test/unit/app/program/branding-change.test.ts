import { describe, expect, it } from 'vitest';
import { brandingChangeSchema, changeBranding } from '../../../../src/app/program/branding-change.ts';
import { defaultSettings, mixerBranding } from '../../../../src/app/program/settings.ts';
import { pngClaiming, tinyPng, tinyPngBase64 } from '../../../support/tiny-picture.ts';

const start = changeBranding(
  defaultSettings.branding,
  brandingChangeSchema.parse({
    ticker: 'Doors close at ten',
    banner: { text: 'Dr. Ada', detail: 'Keynote' },
    logo: { imageBase64: tinyPngBase64, corner: 'bottomLeft' },
    background: { imageBase64: tinyPngBase64 },
  }),
).branding;

describe('changeBranding', () => {
  it('keeps what is left out, takes away what is null, and tells which pictures change', () => {
    const change = brandingChangeSchema.parse({ ticker: null, theme: { base: 'light' }, background: null });
    const { branding, images } = changeBranding(start, change);
    expect(branding).toEqual({
      theme: { base: 'light' },
      banner: { text: 'Dr. Ada', detail: 'Keynote' },
      logo: { corner: 'bottomLeft', marginRatio: 0.1, heightRatio: 0.1 },
      hasBackground: false,
    });
    expect(images).toEqual({ background: null });
  });

  it('moves a logo without sending its picture again, and puts none where none is', () => {
    const moved = changeBranding(start, brandingChangeSchema.parse({ logo: { heightRatio: 0.2 } }));
    expect(moved.branding.logo).toEqual({ corner: 'bottomLeft', marginRatio: 0.1, heightRatio: 0.2 });
    expect(moved.images).toEqual({});
    const none = changeBranding(defaultSettings.branding, brandingChangeSchema.parse({ logo: { heightRatio: 0.2 } }));
    expect(none.branding).toEqual(defaultSettings.branding);
    const gone = changeBranding(start, brandingChangeSchema.parse({ logo: null }));
    expect(gone).toMatchObject({ images: { logo: null } });
    expect(gone.branding.logo).toBeUndefined();
  });

  it('gives the bytes of a picture as they were', () => {
    const { images } = changeBranding(start, brandingChangeSchema.parse({ logo: { imageBase64: tinyPngBase64 } }));
    expect(Buffer.from(images.logo!).equals(tinyPng)).toBe(true);
  });
});

describe('changeBranding refuses', () => {
  it.each([
    ['a file that is no picture', Buffer.from('<svg onload=alert(1)>'), 'MIXER_IMAGE_INVALID'],
    ['a picture that claims 400 megapixels', pngClaiming(20_000, 20_000), 'MIXER_IMAGE_TOO_LARGE'],
  ])('%s', (_what, file, code) => {
    for (const part of ['logo', 'background']) {
      const change = brandingChangeSchema.parse({ [part]: { imageBase64: file.toString('base64') } });
      expect(() => changeBranding(start, change)).toThrow(expect.objectContaining({ code }));
    }
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
