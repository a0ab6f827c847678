/** EXT-X-DATERANGE (rfc8216bis §4.4.5.1): something that is true for a span of program time. Pure. */

export interface DateRange {
  /** Unique within the presentation and never used again: `[A-Za-z0-9-]+`. */
  readonly id: string;
  /** What it tells of, CLASS without our prefix: `speaker`, `slide`, `question`, `poll`. `[a-z]+`. */
  readonly kind: string;
  /** Program time, ms since the Unix epoch. */
  readonly startMs: number;
  /** Undefined: it lasts until the next of its kind begins (END-ON-NEXT). */
  readonly endMs: number | undefined;
  /** Of ours, by the name behind `X-ORG-ROSTRUM-`: `NAME`. Any text. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Reverse DNS, as CLASS should be. */
const classPrefix = 'org.rostrum.';
const attributePrefix = 'X-ORG-ROSTRUM-';

/** One line. It never changes: what is not known yet is left to END-ON-NEXT (rules 62 and 63). */
export function dateRangeTag({ id, kind, startMs, endMs, attributes }: DateRange): string {
  const known = [
    `ID="${id}"`,
    `CLASS="${classPrefix}${kind}"`,
    `START-DATE="${new Date(Math.round(startMs)).toISOString()}"`,
    endMs === undefined
      ? 'END-ON-NEXT=YES'
      : `DURATION=${((Math.round(endMs) - Math.round(startMs)) / 1000).toFixed(3)}`,
  ];
  const ours = Object.entries(attributes).map(([name, text]) => `${attributePrefix}${name}="${quotable(text)}"`);
  return `#EXT-X-DATERANGE:${[...known, ...ours].join(',')}`;
}

/**
 * A quoted-string can hold neither quotes nor line breaks (§4.2), so these, other controls and the percent sign are
 * percent-encoded: `decodeURIComponent` gives the text back, in the normalization form C that playlists are in (rule 1).
 * Marks behind an encoded character are encoded with it: they would join the last digit of its code.
 */
function quotable(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}"%]\p{M}*/gu, (characters) => encodeURIComponent(characters));
}
