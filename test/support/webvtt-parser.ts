/** Strict reader of WebVTT for tests, written from the specification (W3C WebVTT §4): what it cannot read, it refuses. */

export interface ParsedCue {
  readonly cueId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Payload with its escapes undone. */
  readonly lines: readonly string[];
}

export interface ParsedWebVtt {
  /** What stands between the signature and the first blank line. */
  readonly headerLines: readonly string[];
  readonly cues: readonly ParsedCue[];
}

const timingPattern = /^(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})$/;
const escapes: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** @throws Error that says what is wrong */
export function parseWebVtt(text: string): ParsedWebVtt {
  if (!/^WEBVTT\n/.test(text)) throw new Error('no signature');
  if (/\r|\0|\ufeff/.test(text)) throw new Error('carriage return, NUL or byte order mark');
  if (!text.endsWith('\n\n') && text !== 'WEBVTT\n\n') throw new Error('the last block is not closed');
  const [header, ...blocks] = text.slice(0, -2).split('\n\n');
  const headerLines = header!.split('\n').slice(1);
  const cues = blocks.filter((block, index) => block !== '' || index < blocks.length - 1).map(parseCue);
  cues.forEach(({ startMs }, index) => {
    if (startMs < (cues[index - 1]?.startMs ?? 0)) throw new Error('cues are not in order');
  });
  if (new Set(cues.map(({ cueId }) => cueId)).size !== cues.length) throw new Error('a cue id comes twice');
  return { headerLines, cues };
}

function parseCue(block: string): ParsedCue {
  const [cueId, timing, ...payload] = block.split('\n');
  const match = timingPattern.exec(timing ?? '');
  if (match === null) throw new Error(`no timing in ${JSON.stringify(block)}`);
  if (!/^[A-Za-z0-9-]+$/.test(cueId!)) throw new Error(`cue id ${cueId}`);
  const ms = (from: number) =>
    ((Number(match[from]) * 60 + Number(match[from + 1])) * 60 + Number(match[from + 2])) * 1000 +
    Number(match[from + 3]);
  if (ms(5) <= ms(1)) throw new Error(`${cueId} ends before it begins`);
  if (payload.length === 0 || payload.some((line) => line === '')) throw new Error(`${cueId} has an empty payload`);
  return { cueId: cueId!, startMs: ms(1), endMs: ms(5), lines: payload.map(unescape) };
}

function unescape(line: string): string {
  if (line.includes('-->')) throw new Error('an arrow in a payload');
  if (/[<>]/.test(line)) throw new Error('markup in a payload');
  return line.replace(/&[^;]*;?/g, (escape) => {
    const character = escapes[escape];
    if (character === undefined) throw new Error(`bare ampersand ${escape}`);
    return character;
  });
}
