/** Reads attribute lists (rfc8216bis §4.2) leniently: what breaks the grammar is told, and the rest is still read. Pure. */
import { type SyntaxReport } from './playlist-lines.ts';

/** Values by name, without quotes. */
export type AttributeMap = ReadonlyMap<string, string>;

export interface AttributeList {
  readonly attributes: AttributeMap;
  /** Names whose values were quoted strings. */
  readonly quotedNames: ReadonlySet<string>;
}

/** More attributes than any tag has; further ones are not read. */
const maxAttributeCount = 64;
const attributePattern = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)/y;

const yesNo = /^(?:YES|NO)$/;
const decimal = /^[0-9]+(?:\.[0-9]+)?$/;
const integer = /^[0-9]{1,20}$/;
const quoted = /^"/;
const quotedAndFilled = /^".+"$/;
/** How the values of the attributes are written that this checker relies on; others are left alone. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ...['URI', 'GROUP-ID', 'NAME', 'LANGUAGE', 'CODECS', 'AUDIO', 'VIDEO', 'SUBTITLES', 'CHANNELS', 'CLASS'].map(
    (name) => [name, quotedAndFilled] as const,
  ),
  ...['ID', 'START-DATE', 'END-DATE', 'BYTERANGE', 'INSTREAM-ID'].map((name) => [name, quotedAndFilled] as const),
  ...['CHARACTERISTICS', 'ASSOC-LANGUAGE', 'RECENTLY-REMOVED-DATERANGES'].map((name) => [name, quoted] as const),
  ...['DURATION', 'PLANNED-DURATION', 'PART-TARGET', 'PART-HOLD-BACK', 'HOLD-BACK', 'CAN-SKIP-UNTIL', 'FRAME-RATE'].map(
    (name) => [name, decimal] as const,
  ),
  ...['BANDWIDTH', 'AVERAGE-BANDWIDTH', 'LAST-MSN', 'LAST-PART', 'SKIPPED-SEGMENTS', 'BYTERANGE-START'].map(
    (name) => [name, integer] as const,
  ),
  ...['DEFAULT', 'AUTOSELECT', 'FORCED', 'INDEPENDENT', 'GAP', 'CAN-BLOCK-RELOAD', 'CAN-SKIP-DATERANGES'].map(
    (name) => [name, yesNo] as const,
  ),
  ['RESOLUTION', /^[0-9]{1,6}x[0-9]{1,6}$/],
  ['CLOSED-CAPTIONS', /^(?:NONE|".+")$/],
]);

/** @param report hears each breach of rule 2 */
export function readAttributeList(text: string, report: SyntaxReport): AttributeList {
  const attributes = new Map<string, string>();
  const quotedNames = new Set<string>();
  let at = 0;
  while (at < text.length && attributes.size < maxAttributeCount) {
    attributePattern.lastIndex = at;
    const match = attributePattern.exec(text);
    if (match === null) {
      report(2, 'NAME=value pairs, comma between them, no blanks', text.slice(at, at + 60));
      const comma = text.indexOf(',', at);
      at = comma < 0 ? text.length : comma + 1;
      continue;
    }
    at = attributePattern.lastIndex;
    const [, name, raw] = match as unknown as [string, string, string];
    if (match[3] === ',' && at === text.length) report(2, 'no comma behind the last attribute', text.slice(-60));
    if (attributes.has(name)) {
      report(2, 'each attribute at most once', `${name} again`);
      continue;
    }
    if (forms.get(name)?.test(raw) === false) report(2, `a well-formed value of ${name}`, raw);
    if (raw.startsWith('"')) quotedNames.add(name);
    attributes.set(name, raw.startsWith('"') ? raw.slice(1, -1) : raw);
  }
  return { attributes, quotedNames };
}

/** A decimal-floating-point or decimal-integer; undefined when it is not one. */
export function readDecimal(text: string | undefined): number | undefined {
  return text !== undefined && text.length <= 40 && decimal.test(text) ? Number(text) : undefined;
}

/** Undefined for anything but a whole number below 2^53. */
export function readInteger(text: string | undefined): number | undefined {
  if (text === undefined || !integer.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
