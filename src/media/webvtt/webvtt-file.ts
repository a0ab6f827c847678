/** WebVTT files (W3C WebVTT §4) out of cues: whole ones, and segments of HLS (rfc8216bis §3.1.4). Pure. */
import { escapeCueText, wrapCueText } from './cue-text.ts';

export interface WebVttCue {
  /** Letters, digits and hyphens; the same cue has the same id in every segment that repeats it. */
  readonly cueId: string;
  /** Whole ms, 0 or later. */
  readonly startMs: number;
  /** Behind `startMs`. */
  readonly endMs: number;
  /** Plain text as `plainCueText` gives it, not empty. */
  readonly text: string;
}

/**
 * Cue times of a segment are media times as the tfdt boxes have them, so the map is the identity, and for a 33-bit clock
 * that wraps it stays one.
 */
const timestampMap = 'X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0';

/** A file by itself. Without cues it is its header. */
export function writeWebVtt(cues: readonly WebVttCue[]): string {
  return `WEBVTT\n\n${cues.map(cueBlock).join('')}`;
}

/** One segment of a rendition; times are media times. The map stands directly below the header (rule 59). */
export function writeWebVttSegment(cues: readonly WebVttCue[]): string {
  return `WEBVTT\n${timestampMap}\n\n${cues.map(cueBlock).join('')}`;
}

function cueBlock({ cueId, startMs, endMs, text }: WebVttCue): string {
  const lines = wrapCueText(text).map(escapeCueText);
  return `${cueId}\n${timestamp(startMs)} --> ${timestamp(endMs)}\n${lines.join('\n')}\n\n`;
}

/** `hh:mm:ss.mmm`; hours take as many digits as they need. */
function timestamp(ms: number): string {
  const part = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, '0');
  const seconds = ms / 1000;
  return `${part(seconds / 3600, 2)}:${part((seconds / 60) % 60, 2)}:${part(seconds % 60, 2)}.${part(ms % 1000, 3)}`;
}
