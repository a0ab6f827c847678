/** Rules 59 and 60 on the WebVTT segments of one rendition. Pure. */
import { type Judge } from '../findings.ts';
import { type Cue, readWebvtt, type WebvttSegment } from '../media/webvtt.ts';
import { type ParsedSegment } from '../playlist/media-playlist.ts';

/** MPEGTS is a 33-bit count of 90 kHz. */
const maxMpegTicks = 2 ** 33;
/** Cues may be listed a little off a cut without anybody noticing. */
const boundarySec = 0.05;

interface Kept {
  readonly webvtt: WebvttSegment;
  readonly segment: ParsedSegment;
  readonly url: string;
  readonly startSec: number | undefined;
}

export class SubtitleWatch {
  readonly #judge: Judge;
  #before: Kept | undefined;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /**
   * Segments in order.
   * @param startSec media time of the segment's start, as the video of the same date has it; undefined when nobody knows
   */
  segment(segment: ParsedSegment, url: string, bytes: Uint8Array, startSec: number | undefined): void {
    const webvtt = readWebvtt(bytes);
    const place = { url, mediaSequenceNumber: segment.mediaSequenceNumber };
    const hold = (rule: 59 | 60, isKept: boolean, expected: string, seen: string) =>
      this.#judge.hold(rule, isKept, () => ({ expected, seen, ...place }));
    hold(59, webvtt.hasHeader, 'a WebVTT file that begins with WEBVTT', 'another first line');
    hold(59, webvtt.isMapInPlace, 'X-TIMESTAMP-MAP directly under the header, then a blank line', 'none there');
    const { mpegTicks = 0, offsetSec } = webvtt;
    hold(59, mpegTicks < maxMpegTicks, 'MPEGTS below 2^33', `${mpegTicks}`);
    const kept = { webvtt, segment, url, startSec };
    if (offsetSec !== undefined && startSec !== undefined) {
      const stray = webvtt.cues.find((cue) => !overlaps(cue, kept));
      hold(
        59,
        stray === undefined,
        'cues that X-TIMESTAMP-MAP puts into the time of their segment',
        `one at ${stray?.startSec} s`,
      );
      this.#checkRepeated(kept);
    }
    this.#before = kept;
  }

  /** What went on at the end of the segment before stands in this one, with the same times. */
  #checkRepeated(now: Kept): void {
    const { segment, url } = now;
    const before = this.#before;
    if (before?.segment.mediaSequenceNumber !== segment.mediaSequenceNumber - 1 || segment.isDiscontinuity) return;
    const toNow = (before.webvtt.offsetSec ?? NaN) - now.webvtt.offsetSec!;
    for (const cue of before.webvtt.cues) {
      const moved = { ...cue, startSec: cue.startSec + toNow, endSec: cue.endSec + toNow };
      if (!overlaps(moved, now, boundarySec)) continue;
      const isThere = now.webvtt.cues.some(
        (one) =>
          one.text === cue.text &&
          Math.abs(one.startSec - moved.startSec) < 0.002 &&
          Math.abs(one.endSec - moved.endSec) < 0.002,
      );
      this.#judge.hold(60, isThere, () => ({
        expected: 'a cue repeated with its full times in each segment that it overlaps',
        seen: `the one from ${cue.startSec} to ${cue.endSec} s is missing or cut`,
        url,
        mediaSequenceNumber: segment.mediaSequenceNumber,
      }));
    }
  }
}

/** @param byAtLeastSec how far the cue must reach into the segment */
function overlaps(cue: Cue, { webvtt, segment, startSec }: Kept, byAtLeastSec = -boundarySec): boolean {
  const from = startSec! - webvtt.offsetSec!;
  const to = from + (segment.durationSec ?? 0);
  return cue.endSec > from + byAtLeastSec && cue.startSec < to - byAtLeastSec;
}
