/** Rules 22 and 56 over the media of all renditions: one clock, one timeline. Pure. */
import { type Judge } from '../findings.ts';
import { type ParsedSegment } from '../playlist/media-playlist.ts';
import { remember } from './remember.ts';

/** One AAC frame at 44.1 kHz, and dates in ms. */
const toleranceSec = 0.026;
const maxRememberedCount = 256;

interface Reference {
  readonly url: string;
  readonly offsetSec: number;
}

export class TimelineWatch {
  readonly #judge: Judge;
  /** Media time minus date, by discontinuity sequence: of whoever came first. */
  readonly #offsets = new Map<number, Reference>();
  /** Media time by number, for streams without dates. */
  readonly #starts = new Map<number, { url: string; startSec: number }>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** @param startSec media time of the first sample */
  observe(segment: ParsedSegment, url: string, startSec: number): void {
    const { mediaSequenceNumber, programDateTimeMs, discontinuitySequence } = segment;
    if (programDateTimeMs === undefined) {
      this.#compareByNumber(mediaSequenceNumber, url, startSec);
      return;
    }
    const offsetSec = startSec - programDateTimeMs / 1000;
    const known = this.#offsets.get(discontinuitySequence);
    if (known === undefined || known.url === url) {
      remember(this.#offsets, discontinuitySequence, { url, offsetSec }, maxRememberedCount);
      return;
    }
    const offSec = offsetSec - known.offsetSec;
    this.#judge.hold(22, Math.abs(offSec) <= toleranceSec, () => ({
      expected: 'the same media time for the same date in all renditions',
      seen: `${(1000 * offSec).toFixed(1)} ms off`,
      url,
      mediaSequenceNumber,
    }));
  }

  /** Media time of a date; undefined before any media of that discontinuity was read. */
  mediaSec(segment: ParsedSegment): number | undefined {
    const known = this.#offsets.get(segment.discontinuitySequence);
    if (known === undefined || segment.programDateTimeMs === undefined) return undefined;
    return known.offsetSec + segment.programDateTimeMs / 1000;
  }

  #compareByNumber(msn: number, url: string, startSec: number): void {
    const known = this.#starts.get(msn);
    if (known === undefined || known.url === url) {
      remember(this.#starts, msn, { url, startSec }, maxRememberedCount);
      return;
    }
    const offSec = startSec - known.startSec;
    this.#judge.hold(56, Math.abs(offSec) <= toleranceSec, () => ({
      severity: 'W',
      expected: 'the same media time for the same number in all renditions',
      seen: `${(1000 * offSec).toFixed(1)} ms off`,
      url,
      mediaSequenceNumber: msn,
    }));
  }
}
