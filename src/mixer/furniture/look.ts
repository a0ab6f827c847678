/** How a program looks, ready to be drawn: theme resolved, pictures decoded and in their final size. */
import { type Canvas } from '@napi-rs/canvas';
import { type LogoPlace, type MixerBranding } from '../branding.ts';
import { resolveTheme, type Theme } from './themes.ts';

export interface Look {
  readonly theme: Theme;
  readonly title: string;
  readonly ticker: string;
  readonly banner: MixerBranding['banner'];
  readonly logo: { readonly picture: Canvas; readonly place: LogoPlace } | undefined;
  /** In the canvas's size. */
  readonly background: Canvas | undefined;
}

/** The look of a program without a branding. */
export function plainLook(title: string): Look {
  return { theme: resolveTheme(), title, ticker: '', banner: undefined, logo: undefined, background: undefined };
}
