/** Text made fit for its place: never empty, cut to width by grapheme, wrapped, initials. */
import { type SKRSContext2D } from '@napi-rs/canvas';
import { graphemesOf, tame } from './tame-text.ts';

const maxLineUnits = 200;

/** One tame line; `fallback` when nothing visible is left. */
export function printable(text: string, fallback: string, maxUnits = maxLineUnits): string {
  return tame(text, maxUnits) || fallback;
}

/** The longest beginning of `text` that fits into `maxWidth` pixels in the context's font, with an ellipsis if cut. */
export function ellipsise(context: SKRSContext2D, text: string, maxWidth: number): string {
  if (context.measureText(text).width <= maxWidth) return text;
  const parts = graphemesOf(text);
  let fits = 0;
  let tooLong = parts.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    const isFitting = context.measureText(cut(parts, middle)).width <= maxWidth;
    if (isFitting) fits = middle;
    else tooLong = middle;
  }
  return cut(parts, fits);
}

/** Splits `text` into at most `maxLines` lines of at most `maxWidth` pixels; the last one is ellipsised. */
export function wrap(context: SKRSContext2D, text: string, maxWidth: number, maxLines: number): string[] {
  const words = text.split(' ');
  const lines: string[] = [];
  while (words.length > 0 && lines.length < maxLines) {
    let line = words.shift()!;
    if (lines.length === maxLines - 1) line = [line, ...words.splice(0)].join(' ');
    while (words.length > 0 && context.measureText(`${line} ${words[0]}`).width <= maxWidth)
      line += ` ${words.shift()}`;
    lines.push(ellipsise(context, line, maxWidth));
  }
  return lines;
}

/** First grapheme of the first and the last word, upper case; one for a single word, '?' for none. */
export function initialsOf(name: string): string {
  const words = printable(name, '')
    .split(' ')
    .map((word) => word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]+/u, ''))
    .filter((word) => word !== '');
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return chosen.map((word) => graphemesOf(word)[0]!.toLocaleUpperCase('und')).join('') || '?';
}

function cut(parts: readonly string[], count: number): string {
  return `${parts.slice(0, count).join('').trimEnd()}…`;
}
