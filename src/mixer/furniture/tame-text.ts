/**
 * Makes text that anybody typed harmless to draw: no control, no reordering, nothing invisible, no towers of marks.
 * What is left keeps what its script needs: joiners inside words and emoji, vowel signs, flags. Pure.
 */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Line ends, tabs and other controls part words. */
const wordBreaks = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu;
/** Format characters except joiners, the visible Arabic number signs and the tags that flags are spelled with. */
const invisibleFormats = /(?![\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{e0020}-\u{e007f}])\p{Cf}/gu;
/** Letters without ink, private and unassigned code points (a box at best), object replacement. */
const inkless = /[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\p{Co}\p{Cn}\p{Cs}]/gu;
/** Joiners with nothing to join: at the beginning of a word, doubled, or after something that does not join. */
const idleJoiners =
  /(?<![\p{L}\p{M}\p{Emoji}])[\u200c\u200d]+|(?<=[\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?=\s|$)/gu;
/** Tags spell flags of regions, after a black flag; elsewhere they are hidden text. */
const strayTags = /(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]*)[\u{e0020}-\u{e007f}]/gu;
/** Scripts that are written need up to three marks on a letter (Hebrew, Vietnamese, Thai); towers have dozens. */
const towers = /([\p{Mn}\p{Me}]{3})[\p{Mn}\p{Me}]+/gu;
/** Marks and spaces with no letter before them. */
const baseless = /^[\p{M}\s]+/u;
/** A family of four with skin tones has 11 code points, a flag of a region 7. */
const maxGraphemeUnits = 24;

/** One line, at most `maxUnits` UTF-16 units, cut between graphemes; empty when nothing visible is left. */
export function tame(text: string, maxUnits: number): string {
  const clean = text
    .slice(0, 4 * maxUnits)
    .toWellFormed()
    .normalize('NFC')
    .replace(wordBreaks, ' ')
    .replace(invisibleFormats, '')
    .replace(inkless, '')
    .replace(strayTags, '')
    .replace(idleJoiners, '')
    .replace(towers, '$1')
    .replace(baseless, '')
    .trimEnd();
  const kept = firstGraphemes(clean, maxUnits).trimEnd();
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(kept) ? kept : '';
}

/** User-perceived characters: what may be cut apart. */
export function graphemesOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function firstGraphemes(text: string, maxUnits: number): string {
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (kept.length + segment.length > maxUnits) break;
    if (segment.length <= maxGraphemeUnits) kept += segment;
  }
  return kept;
}
