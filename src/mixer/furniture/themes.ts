/** The built-in themes, as data, and how a program's own colours change them. Pure. */
import { type ProgramTheme, type ThemeColours, type ThemeName } from '../branding.ts';

/** What everything is drawn with. */
export interface Theme {
  readonly colours: ThemeColours;
  /** `bar`: a square plate with a stripe of the accent colour. */
  readonly plateStyle: 'rounded' | 'square' | 'bar';
  /** 0..1 */
  readonly plateOpacity: number;
  /** Against the usual radius, 0..2. */
  readonly cornerRadius: number;
  /** Tried before the usual fonts. */
  readonly fontFamily: string | undefined;
}

export const builtInThemes: Readonly<Record<ThemeName, Theme>> = {
  dark: {
    colours: {
      background: '#12161c',
      backgroundGlow: '#1c2430',
      text: '#f4f6f8',
      textSubdued: '#9aa7b6',
      plate: '#0a0d12',
      plateText: '#f4f6f8',
      speaking: '#3ddc97',
      muted: '#ff6b6b',
      accent: '#6cb6ff',
      banner: '#16202c',
      bannerText: '#f4f6f8',
    },
    plateStyle: 'rounded',
    plateOpacity: 0.74,
    cornerRadius: 1,
    fontFamily: undefined,
  },
  light: {
    colours: {
      background: '#e9edf2',
      backgroundGlow: '#ffffff',
      text: '#16202c',
      textSubdued: '#4f5d6d',
      plate: '#ffffff',
      plateText: '#16202c',
      speaking: '#0a9d63',
      muted: '#c92a2a',
      accent: '#1769d2',
      banner: '#ffffff',
      bannerText: '#16202c',
    },
    plateStyle: 'rounded',
    plateOpacity: 0.86,
    cornerRadius: 1,
    fontFamily: undefined,
  },
  'high-contrast': {
    colours: {
      background: '#000000',
      backgroundGlow: '#000000',
      text: '#ffffff',
      textSubdued: '#ffffff',
      plate: '#000000',
      plateText: '#ffffff',
      speaking: '#ffd400',
      muted: '#ff8080',
      accent: '#ffd400',
      banner: '#000000',
      bannerText: '#ffffff',
    },
    plateStyle: 'bar',
    plateOpacity: 1,
    cornerRadius: 0,
    fontFamily: undefined,
  },
};

/** The built-in theme named by `choice` with what `choice` says otherwise. */
export function resolveTheme(choice: ProgramTheme = { base: 'dark' }): Theme {
  const base = builtInThemes[choice.base];
  const colours = Object.entries(choice.colours ?? {}).filter(([, colour]) => colour !== undefined);
  return {
    colours: { ...base.colours, ...Object.fromEntries(colours) },
    plateStyle: choice.plateStyle ?? base.plateStyle,
    plateOpacity: choice.plateOpacity ?? base.plateOpacity,
    cornerRadius: choice.cornerRadius ?? base.cornerRadius,
    fontFamily: choice.fontFamily ?? base.fontFamily,
  };
}

/** A `#rrggbb` colour with an alpha of 0..1, as CSS writes it. */
export function withAlpha(colour: string, alpha: number): string {
  const byte = Math.round(alpha * 255);
  return `${colour}${byte.toString(16).padStart(2, '0')}`;
}
