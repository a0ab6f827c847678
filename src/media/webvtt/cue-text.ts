/** Plain text from anybody as the payload of a WebVTT cue: a few lines of bounded length, nothing that is markup. Pure. */

/** Columns of one line; what broadcasters allow in Latin script. Wide (East Asian) characters take two. */
const maxLineColumns = 42;

/** Controls, lone surrogates, separators of lines and what reorders or hides text; newlines and tabs become spaces first. */
const unwanted = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/gu;
const wide = /[\p{scx=Han}\p{scx=Hangul}\p{scx=Hiragana}\p{scx=Katakana}\uff01-\uff60\p{Emoji_Presentation}]/u;
const words = new Intl.Segmenter(undefined, { granularity: 'word' });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One line of plain text: white space collapsed, what cannot be shown taken out. Empty when nothing is left. */
export function plainCueText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\u2028\u2029]+/gu, ' ')
    .replace(unwanted, '')
    .replace(/ +/g, ' ')
    .trim();
}

/** `&`, `<` and `>` cannot begin markup any more, nor can `-->` end the payload (WebVTT §4.2.2). */
export function escapeCueText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Lines of at most 42 columns, broken between words of any script; a word that is longer than a line is cut between
 * user-perceived characters.
 * @param text as `plainCueText` gives it
 */
export function wrapCueText(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  let columns = 0;
  const flush = (): void => {
    if (line.trim() !== '') lines.push(line.trim());
    line = '';
    columns = 0;
  };
  for (const piece of pieces(text)) {
    const pieceColumns = columnsOf(piece);
    if (columns + pieceColumns > maxLineColumns) flush();
    // A space where a line breaks is seen by nobody.
    if (line === '' && piece === ' ') continue;
    line += piece;
    columns += pieceColumns;
  }
  flush();
  return lines;
}

/** Words with the punctuation behind them, none longer than a line. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of words.segment(text)) {
    const isTail = isWordLike !== true && segment !== ' ' && found.length > 0 && found.at(-1) !== ' ';
    if (isTail && columnsOf(found.at(-1)! + segment) <= maxLineColumns) found.push(found.pop()! + segment);
    else if (columnsOf(segment) <= maxLineColumns) found.push(segment);
    else for (const { segment: grapheme } of graphemes.segment(segment)) found.push(grapheme);
  }
  return found;
}

function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += wide.test(segment) ? 2 : 1;
  return columns;
}
