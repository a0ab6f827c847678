/** From the bytes of a playlist to its lines (rfc8216bis §4.1): what rule 1 says about text. Pure. */
import { hlsCheckError } from '../errors.ts';

/** A breach of the grammar, found while reading. */
export interface SyntaxBreach {
  readonly rule: 1 | 2 | 3 | 8;
  readonly expected: string;
  readonly seen: string;
  readonly line: number;
}

/** Reports a breach at the line that is being read. */
export type SyntaxReport = (rule: SyntaxBreach['rule'], expected: string, seen: string) => void;

export interface PlaylistLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

export interface PlaylistLimits {
  readonly maxBytes: number;
  readonly maxLineCount: number;
}

/** A day of two-second segments with their parts is below both. */
export const playlistLimits: PlaylistLimits = { maxBytes: 8 * 1024 * 1024, maxLineCount: 200_000 };

/** Breaches that are kept of one playlist. */
const maxBreachCount = 50;
const maxLineLength = 16_384;

export interface PlaylistText {
  readonly text: string;
  /** Without empty lines and comments. */
  readonly lines: readonly PlaylistLine[];
  readonly breaches: SyntaxBreach[];
}

/** @throws HLS_CHECK_PLAYLIST_UNREADABLE for what does not begin as a playlist, HLS_CHECK_ANSWER_TOO_LARGE */
export function readLines(bytes: Uint8Array, limits: PlaylistLimits = playlistLimits): PlaylistText {
  if (bytes.length > limits.maxBytes) throw hlsCheckError('HLS_CHECK_ANSWER_TOO_LARGE');
  const breaches: SyntaxBreach[] = [];
  const report = reporter(breaches);
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (decoded.startsWith('\ufeff')) report(1, 'no byte order mark', 'a byte order mark', 1);
  const text = decoded.replace(/^\ufeff/, '');
  if (!/^\s*#EXTM3U(?:\s|$)/.test(text.slice(0, 256))) throw hlsCheckError('HLS_CHECK_PLAYLIST_UNREADABLE');
  if (!/^#EXTM3U(?:\r?\n|$)/.test(text)) report(1, 'a first line of exactly #EXTM3U', text.slice(0, 20), 1);
  if (text.includes('\ufffd')) report(1, 'UTF-8', 'bytes that are not UTF-8', lineOf(text, text.indexOf('\ufffd')));
  const control = withoutListTabs(text).search(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n)/);
  if (control >= 0)
    report(1, 'no control characters', `U+${text.charCodeAt(control).toString(16)}`, lineOf(text, control));
  if (text !== text.normalize('NFC')) report(1, 'Unicode normalization form C', 'another form', 1);
  const raw = text.split(/\r?\n/);
  if (raw.length > limits.maxLineCount) throw hlsCheckError('HLS_CHECK_ANSWER_TOO_LARGE');
  const lines: PlaylistLine[] = [];
  for (const [index, content] of raw.entries()) {
    const number = index + 1;
    if (content.length > maxLineLength) throw hlsCheckError('HLS_CHECK_ANSWER_TOO_LARGE');
    if (content !== content.trim()) report(1, 'no blanks around a line', content, number);
    const line = content.trim();
    if (line !== '' && (!line.startsWith('#') || line.startsWith('#EXT'))) lines.push({ text: line, number });
  }
  return { text, lines, breaches };
}

/** Date range ids that a delta update took out are parted by tabs (§4.4.5.2), the only ones that a playlist may have. */
function withoutListTabs(text: string): string {
  return text.replace(/^#EXT-X-SKIP:.*/gm, (line) =>
    line.replace(/(?<=[:,]RECENTLY-REMOVED-DATERANGES=")[^"\r]*/, (ids) => ids.replaceAll('\t', ' ')),
  );
}

export function reporter(breaches: SyntaxBreach[]) {
  return (rule: SyntaxBreach['rule'], expected: string, seen: string, line: number): void => {
    if (breaches.length < maxBreachCount) breaches.push({ rule, expected, seen: seen.slice(0, 200), line });
  };
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
