/** docs/hls-check.md: how to use the stream checker, and the rules it knows. */
import { rules } from '../../src/hls/check/table/rules.ts';
import { generatedPage, table } from './markdown.ts';

const usage = `Checks any HLS stream from outside, low-latency or plain, live or ended, by the rules below:

    node src/main.ts hls-check https://example.com/live/multivariant.m3u8
    npx rostrum hls-check URL [--seconds N] [--json] [--allow-origin ORIGIN]...

It needs no configuration and starts nothing. A live stream is followed for \`--seconds\` (60 by default, 5 to 86400), an ended one is read to its
end. Every media playlist is loaded three ways: plainly, along the parts (\`_HLS_msn\`, \`_HLS_part\`), and along the parts with delta
updates (\`_HLS_skip\`); every part and segment that appears is downloaded and its boxes and samples are read; then come
questions that no player asks: directives without sense, numbers too far ahead, hints before they are there, what has just been removed.
Memory stays bounded: bodies are dropped when they have been read, 24 renditions are followed at most.

Exit codes: 0 no errors, 1 errors found, 2 wrong usage or nothing to check. The first interrupt ends the check with its report.`;

function ofClock(how: 'wholly' | 'partly'): string {
  const numbers = rules.filter(({ isTiming }) => isTiming === how).map(({ number }) => number);
  return `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}

const reading = `## How to read the report
\`\`\`
E 29  expected DURATION of at most PART-TARGET as printed (12 times at 2 addresses; the first:)
         seen     0.501 s, part target 0.5 s
         where    https://example.com/live/v0/media.m3u8, segment 412, part 3, line 41
         clause   §4.4.4.9
\`\`\`
- **E**: a player may fail on it. **W**: allowed, but known to hurt. Each kind is listed once, with a count and the place of the first.
- What only Apple's authoring specification or the low-latency profile (§B.1) asks for is an error in a stream that lists parts, and a
  warning in plain HLS: a static host with MPEG-TS segments is not wrong for having no CORS headers.
- Rules that were **not looked at** are listed with what the stream would have needed, and so is what nobody can see from outside.
- Rules ${ofClock('wholly')} are judged by the clock, ${ofClock('partly')} in part (what is due at once, or in one go): a busy machine or network
  breaks them, too, and a finding that only the clock tells says so (\`isTiming\`). A report of a rendition (36, 37) is judged by
  causality: what was listed before a playlist was asked for must be in its reports.
- \`--json\` prints the same as one object: \`findings\`, \`coverage\` (all 77 rules), \`counts\`, \`notes\`.

## What it does not do
- It plays nothing: pictures and sound are not decoded. Of codecs it reads H.264 and AAC configurations; others are compared by their
  family. Segments in MPEG-TS or packed audio, and whole-segment encryption, are downloaded but not looked into.
- The server is not trusted: sizes, times and redirects are bounded, and other origins than the URL's are asked only when named with \`--allow-origin\`.
  The addresses it is given are asked from where it runs: do not let strangers choose them.`;

export function hlsCheckPage(): string {
  const rows = rules.map(({ number, severity, title, source, scope, needs, unseen }) => [
    String(number),
    severity,
    scope.join(' '),
    title,
    source,
    needs,
    unseen ?? '',
  ]);
  const head = ['rule', '', 'scope', 'what it says', 'clause', 'looked at in', 'never visible from outside'];
  const preface = `## Rules
Clauses are those of draft-pantos-hls-rfc8216bis-22; A is Apple's HLS authoring specification. Scope: P one playlist, R across reloads,
X across renditions, M media bytes, H HTTP.`;
  return generatedPage('hls-check', [usage, reading, preface, table(head, rows)]);
}
