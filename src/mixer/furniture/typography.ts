/** Fonts and directions: the same text looks right in any script. */
import { type SKRSContext2D } from '@napi-rs/canvas';
import { type Theme } from './themes.ts';

export type FontWeight = 400 | 500 | 600 | 700;

/**
 * Latin, Greek and Cyrillic come from the first family there is; for any other script Skia asks the system for a font
 * that has the glyph, which is one of the Noto fonts that set-up installs.
 */
const usualFamilies = ['Noto Sans', 'DejaVu Sans', 'Noto Sans CJK JP', 'Noto Color Emoji'];

/** Scripts written from right to left. */
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Mandaic}\p{Script=Samaritan}\p{Script=Hanifi_Rohingya}]/u;

/** CSS font shorthand. */
export function font(theme: Theme, weight: FontWeight, sizePx: number): string {
  const families = theme.fontFamily === undefined ? usualFamilies : [theme.fontFamily, ...usualFamilies];
  return `${weight} ${sizePx}px ${families.map((family) => `"${family}"`).join(', ')}, sans-serif`;
}

/** Direction of a line as its first letter has it (Unicode bidirectional algorithm, P2 and P3). */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const firstLetter = /\p{L}/u.exec(text)?.[0];
  return firstLetter !== undefined && rightToLeft.test(firstLetter) ? 'rtl' : 'ltr';
}

/**
 * Which shapes Han characters have, as a BCP 47 tag. The canvas library sees only the first face of the Noto CJK
 * collection, the Japanese one, whose `locl` feature has the other languages' shapes. Han alone may be any of them:
 * simplified Chinese is the most likely. `und` without East Asian letters.
 */
export function glyphLanguageOf(text: string): 'ja' | 'ko' | 'zh-Hans' | 'zh-Hant' | 'und' {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja';
  if (/\p{Script=Hangul}/u.test(text)) return 'ko';
  if (/\p{Script=Bopomofo}/u.test(text)) return 'zh-Hant';
  return /\p{Script=Han}/u.test(text) ? 'zh-Hans' : 'und';
}

/** Draws one line in its own direction and its language's shapes; `x` is its left edge, or its middle when `align` says so. */
export function fillLine(
  context: SKRSContext2D,
  text: string,
  x: number,
  baseline: number,
  align: 'left' | 'center' = 'left',
): void {
  context.direction = directionOf(text);
  context.lang = glyphLanguageOf(text);
  context.textAlign = align;
  context.fillText(text, x, baseline);
}

/** Baseline of a line centred on `centreY`: the same for every text, from a capital letter of the context's font. */
export function baselineAround(context: SKRSContext2D, centreY: number): number {
  return Math.round(centreY + context.measureText('H').actualBoundingBoxAscent / 2);
}
