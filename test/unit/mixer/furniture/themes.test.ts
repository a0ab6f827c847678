import { describe, expect, it } from 'vitest';
import { programThemeSchema, themeColoursSchema, themeNames } from '../../../../src/mixer/branding.ts';
import { builtInThemes, resolveTheme, withAlpha } from '../../../../src/mixer/furniture/themes.ts';
import { parseHexColour } from '../../../../src/mixer/picture/rgb.ts';

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const { r, g, b } = parseHexColour(hex);
  const linear = [r, g, b].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

describe('themes', () => {
  it.each(themeNames)('%s has every colour and readable text (4.5:1, high contrast 7:1)', (name) => {
    const { colours } = builtInThemes[name];
    expect(themeColoursSchema.parse(colours)).toEqual(colours);
    const least = name === 'high-contrast' ? 7 : 4.5;
    expect(contrast(colours.text, colours.background)).toBeGreaterThan(least);
    expect(contrast(colours.textSubdued, colours.background)).toBeGreaterThan(least);
    expect(contrast(colours.plateText, colours.plate)).toBeGreaterThan(least);
    expect(contrast(colours.bannerText, colours.banner)).toBeGreaterThan(least);
  });

  it('resolveTheme takes the base and changes what is said', () => {
    expect(resolveTheme()).toEqual(builtInThemes.dark);
    const own = resolveTheme({ base: 'light', colours: { accent: '#123456' }, cornerRadius: 0 });
    expect(own.colours).toEqual({ ...builtInThemes.light.colours, accent: '#123456' });
    expect(own).toMatchObject({ cornerRadius: 0, plateStyle: 'rounded' });
  });

  it.each([
    { base: 'neon' },
    { base: 'dark', colours: { accent: 'red' } },
    { base: 'dark', colours: { accent: '#12345' } },
    { base: 'dark', colours: { shadow: '#123456' } },
    { base: 'dark', fontFamily: 'x", url(evil)' },
    { base: 'dark', plateOpacity: 1.5 },
  ])('the schema refuses %j', (theme) => {
    expect(programThemeSchema.safeParse(theme).success).toBe(false);
  });

  it('withAlpha writes two hexadecimal digits', () => {
    expect([0, 0.05, 0.74, 1].map((alpha) => withAlpha('#0a0d12', alpha))).toEqual([
      '#0a0d1200',
      '#0a0d120d',
      '#0a0d12bd',
      '#0a0d12ff',
    ]);
  });
});
