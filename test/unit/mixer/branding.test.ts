import { describe, expect, it } from 'vitest';
import { brandingSchema, maxPlainImageBytes, programSceneSchema } from '../../../src/mixer/branding.ts';
import { parseMixerCommand } from '../../../src/mixer/process/command-schema.ts';

const image = new Uint8Array(10);

describe('brandingSchema', () => {
  it('takes an empty branding, and fills in where a logo goes', () => {
    expect(brandingSchema.parse({})).toEqual({});
    expect(brandingSchema.parse({ logo: { image } }).logo).toMatchObject({
      corner: 'topRight',
      marginRatio: 0.1,
      heightRatio: 0.1,
    });
  });

  it.each([
    ['a picture without bytes', { logo: { image: new Uint8Array(0) } }],
    ['a picture with too many', { background: { image: new Uint8Array(maxPlainImageBytes + 1) } }],
    ['a picture as text', { logo: { image: 'aGVsbG8=' } }],
    ['an unknown part', { watermark: 'x' }],
    ['an unknown corner', { logo: { image, corner: 'middle' } }],
    ['a margin beyond the middle', { logo: { image, marginRatio: 0.5 } }],
    ['a ticker without end', { ticker: 'x'.repeat(1001) }],
    ['a banner without end', { banner: { text: 'x'.repeat(201) } }],
  ])('refuses %s', (_, branding) => {
    expect(brandingSchema.safeParse(branding).success).toBe(false);
  });
});

describe('parseMixerCommand', () => {
  it.each([
    { type: 'setScene', scene: { kind: 'live' } },
    { type: 'setScene', scene: { kind: 'countdown', untilWallMs: 1.8e12, text: 'Doors open' }, crossfade: true },
    { type: 'setScene', scene: { kind: 'backSoon' } },
    { type: 'setScene', scene: { kind: 'ended', text: 'Goodbye' } },
    { type: 'setBranding', branding: { theme: { base: 'light' }, ticker: 'News' } },
  ])('takes %j', (command) => {
    expect(parseMixerCommand(command)).toEqual(command);
  });

  it.each([
    { kind: 'countdown' },
    { kind: 'countdown', untilWallMs: -1 },
    { kind: 'party' },
    { kind: 'live', text: 'x' },
  ])('refuses the scene %j', (scene) => {
    expect(programSceneSchema.safeParse(scene).success).toBe(false);
    expect(() => parseMixerCommand({ type: 'setScene', scene })).toThrow(
      expect.objectContaining({ code: 'MIXER_COMMAND_INVALID' }),
    );
  });
});
