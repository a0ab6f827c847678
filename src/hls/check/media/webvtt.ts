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
const mapPattern =
  /^X-TIMESTAMP-MAP=(?:LOCAL:([0-9:.]+),MPEGTS:([0-9]{1,12})|MPEGTS:([0-9]{1,12}),LOCAL:([0-9:.]+))\s*$/;
const cuePattern = /^([0-9:.]+)[ \t]+-->[ \t]+([0-9:.]+)/;

export function readWebvtt(bytes: Uint8Array): WebvttSegment {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
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
    const blank = lines.indexOf('', at);
    const text = lines.slice(at + 1, blank < 0 ? undefined : blank).join('\n');
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
