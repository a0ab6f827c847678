/** Reads WebVTT segments (rfc8216bis §3.1.4): header, timestamp map, cues. Lenient and bounded. Pure. */

export interface Cue {
  /** In the time of the file, seconds. */
  readonly startSec: number;
  readonly endSec: number;
  readonly text: string;
}

export interface WebvttSegment {
  readonly hasHeader: boolean;
  /** Directly under the header, with both values and a blank line behind it. */
  readonly isMapInPlace: boolean;
  /** Media time of the file's second 0; undefined without a map. */
  readonly offsetSec: number | undefined;
  /** Value of MPEGTS. */
  readonly mpegTicks: number | undefined;
  readonly cues: readonly Cue[];
}

const maxCueCount = 5000;
/** What lies behind is not read: no segment has so much text. */
const maxBytes = 4 * 1024 * 1024;
const mapPattern =
  /^X-TIMESTAMP-MAP=(?:LOCAL:([0-9:.]+),MPEGTS:([0-9]{1,12})|MPEGTS:([0-9]{1,12}),LOCAL:([0-9:.]+))\s*$/;
const cuePattern = /^([0-9:.]+)[ \t]+-->[ \t]+([0-9:.]+)/;

export function readWebvtt(bytes: Uint8Array): WebvttSegment {
  const lines = new TextDecoder().decode(bytes.subarray(0, maxBytes)).split(/\r\n|\r|\n/);
  const hasHeader = /^WEBVTT(?:[ \t].*)?$/.test(lines[0] ?? '');
  const mapAt = lines.findIndex((line) => line.startsWith('X-TIMESTAMP-MAP'));
  const match = mapPattern.exec(lines[mapAt] ?? '');
  const localSec = match === null ? undefined : readTime(match[1] ?? match[4] ?? '');
  const mpegTicks = match === null ? undefined : Number(match[2] ?? match[3]);
  const cues: Cue[] = [];
  for (let at = 1; at < lines.length && cues.length < maxCueCount; at++) {
    const cue = cuePattern.exec(lines[at]!);
    if (cue === null) continue;
    const [startSec, endSec] = [readTime(cue[1]!), readTime(cue[2]!)];
    // Cues end where the next begins, with or without a blank line (WebVTT §6.1): no line is in two of them.
    const from = at + 1;
    while (at + 1 < lines.length && lines[at + 1] !== '' && !lines[at + 1]!.includes('-->')) at++;
    const text = lines.slice(from, at + 1).join('\n');
    if (startSec !== undefined && endSec !== undefined) cues.push({ startSec, endSec, text });
  }
  return {
    hasHeader,
    isMapInPlace: mapAt === 1 && localSec !== undefined && (lines[2] ?? '') === '',
    offsetSec: localSec === undefined || mpegTicks === undefined ? undefined : mpegTicks / 90_000 - localSec,
    mpegTicks,
    cues,
  };
}

/** `[hh:]mm:ss.ttt` in seconds. */
function readTime(text: string): number | undefined {
  const match = /^(?:([0-9]{1,6}):)?([0-9]{2}):([0-9]{2})\.([0-9]{3})$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3]) + Number(match[4]) / 1000;
}
