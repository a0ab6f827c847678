/** Rules 51 and 52: what a variant promises against what was downloaded. Pure. */
import { type Judge } from '../findings.ts';
import { type Movie } from '../../../media/fmp4/index.ts';
import { readInteger } from '../playlist/attribute-list.ts';
import { type ParsedVariant } from '../playlist/multivariant-playlist.ts';

/** Sizes of the segments of one rendition, in order. */
export class RateMeter {
  readonly #segments: { readonly sizeBytes: number; readonly durationSec: number; readonly msn: number }[] = [];

  /** Kept: an hour of two-second segments. */
  static readonly maxSegmentCount = 1800;

  add(msn: number, sizeBytes: number, durationSec: number): void {
    if (!(durationSec > 0)) return;
    this.#segments.push({ sizeBytes, durationSec, msn });
    if (this.#segments.length > RateMeter.maxSegmentCount) this.#segments.shift();
  }

  get segmentCount(): number {
    return this.#segments.length;
  }

  get durationSec(): number {
    return this.#segments.reduce((sum, one) => sum + one.durationSec, 0);
  }

  get meanBitsPerSec(): number {
    return (8 * this.#segments.reduce((sum, one) => sum + one.sizeBytes, 0)) / Math.max(this.durationSec, 0.001);
  }

  /** Largest rate of any run of segments that lasts 0.5 to 1.5 target durations (§4.1); 0 when there is none. */
  peakBitsPerSec(targetDurationSec: number): number {
    const segments = this.#segments.toSorted((a, b) => a.msn - b.msn);
    let peak = 0;
    for (let from = 0; from < segments.length; from++) {
      let [sizeBytes, durationSec] = [0, 0];
      for (let at = from; at < segments.length && segments[at]!.msn === segments[from]!.msn + at - from; at++) {
        sizeBytes += segments[at]!.sizeBytes;
        durationSec += segments[at]!.durationSec;
        if (durationSec > 1.5 * targetDurationSec + 0.5) break;
        if (durationSec >= 0.5 * targetDurationSec) peak = Math.max(peak, (8 * sizeBytes) / durationSec);
      }
    }
    return peak;
  }
}

export interface VariantRates {
  readonly variant: ParsedVariant;
  readonly main: RateMeter;
  /** Renditions of the audio group of the variant. */
  readonly audio: readonly RateMeter[];
  readonly targetDurationSec: number;
  readonly isLive: boolean;
  readonly url: string;
}

const minSegmentCount = 3;
/** Below this a mean says little about an hour. */
const minMeanSec = 60;
const liveTolerance = { peak: 1.25, mean: 1.1 };
const vodTolerance = { peak: 1.1, mean: 1.1 };

export function checkRates(rates: VariantRates, judge: Judge): void {
  const { variant, main, audio, targetDurationSec, isLive, url } = rates;
  if (main.segmentCount < minSegmentCount) return;
  const { line, attributes } = variant;
  const tolerance = isLive ? liveTolerance : vodTolerance;
  const peak =
    main.peakBitsPerSec(targetDurationSec) + Math.max(0, ...audio.map((one) => one.peakBitsPerSec(targetDurationSec)));
  const bandwidth = readInteger(attributes.get('BANDWIDTH'));
  if (bandwidth !== undefined) {
    judge.hold(51, peak <= tolerance.peak * bandwidth, () => ({
      expected: 'a measured peak within the tolerance of BANDWIDTH',
      seen: `${Math.round(peak)} b/s, BANDWIDTH ${bandwidth}`,
      url,
      line,
    }));
  }
  const average = readInteger(attributes.get('AVERAGE-BANDWIDTH'));
  if (average === undefined || main.durationSec < minMeanSec) return;
  const mean = main.meanBitsPerSec + Math.max(0, ...audio.map((one) => one.meanBitsPerSec));
  judge.hold(51, mean <= tolerance.mean * average, () => ({
    expected: 'a measured mean within a tenth of AVERAGE-BANDWIDTH',
    seen: `${Math.round(mean)} b/s, AVERAGE-BANDWIDTH ${average}`,
    url,
    line,
  }));
}

/** @param movies inits of the variant and of the renditions in its groups */
export function checkCodecs(variant: ParsedVariant, movies: readonly Movie[], judge: Judge): void {
  const text = variant.attributes.get('CODECS');
  if (text === undefined || movies.length === 0) return;
  const claimed = text.split(',').map((codec) => codec.trim().toLowerCase());
  const real = [...new Set(movies.flatMap(({ tracks }) => tracks.map(({ codecString }) => codecString.toLowerCase())))];
  // Of some codecs, and of everything encrypted, only the family is known here.
  const isOpen = real.some((codec) => codec.startsWith('enc'));
  const matches = (a: string, b: string) => a === b || (!b.includes('.') && a.split('.', 1)[0] === b);
  const missing = real.find((codec) => !codec.startsWith('enc') && !claimed.some((claim) => matches(claim, codec)));
  judge.hold(52, missing === undefined, () => ({
    expected: 'every format of the media in CODECS',
    seen: `${missing}, CODECS ${text}`,
    line: variant.line,
  }));
  const extra = claimed.find((claim) => !real.some((codec) => matches(claim, codec)) && /^(?:avc|mp4a)/.test(claim));
  judge.hold(52, isOpen || extra === undefined, () => ({
    expected: 'nothing in CODECS that the media is not',
    seen: `${extra}, the media is ${real.join(',')}`,
    line: variant.line,
  }));
}
