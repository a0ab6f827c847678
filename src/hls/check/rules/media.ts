/** Rules 8, 15, 21, 31, 32, 69, 70 and 71 on the bytes of one rendition. Pure: bytes come from outside. */
import { type Judge } from '../findings.ts';
import { type Movie, type MovieTrack } from '../../../media/fmp4/index.ts';
import {
  isClearAvc,
  isIdr,
  isSyncSample,
  isVideo,
  type ReadMedia,
  type TrackMedia,
  tryReadMedia,
  tryReadMovie,
} from '../media/read-media.ts';
import { type ParsedPart, type ParsedSegment } from '../playlist/media-playlist.ts';
import { remember } from './remember.ts';

const brandPattern = /^(?:iso[6-9a-z]|cmf[a-z0-9]|dash|msdh|mp42)$/;
const fineBrand = /^(?:iso[6-9a-z]|cmf[a-z0-9])$/;
/** Segments whose ends and parts are remembered. */
const maxRememberedCount = 64;
const roundingSec = 0.0005;
const maxKeyframeGapSec = 2;

interface SegmentEnd {
  readonly endTicks: ReadonlyMap<number, number>;
  readonly signature: string;
  readonly url: string;
}

/** A downloaded segment or part, with the place to name. */
export interface Downloaded {
  readonly url: string;
  readonly segment: ParsedSegment;
  readonly bytes: Uint8Array;
  readonly movie: Movie;
}

export class MediaWatch {
  readonly #judge: Judge;
  readonly #ends = new Map<number, SegmentEnd>();
  readonly #starts = new Map<
    number,
    { ticks: ReadonlyMap<number, number>; isDiscontinuity: boolean; signature: string; url: string }
  >();
  readonly #partDigests = new Map<number, (readonly string[] | undefined)[]>();
  #driftSec = 0;
  #lastMsn = -1;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** @returns undefined when nothing can be read with it */
  init(url: string, bytes: Uint8Array): Movie | undefined {
    const movie = tryReadMovie(bytes);
    const isRead = typeof movie !== 'string';
    const hold = (isKept: boolean, expected: string, seen: string) =>
      this.#judge.hold(69, isKept, () => ({ expected, seen, url }));
    hold(isRead, 'an init that is ftyp and moov', isRead ? '' : movie);
    if (!isRead) return undefined;
    const { brands } = movie;
    hold(
      brands.some((brand) => fineBrand.test(brand)),
      'ftyp with brand iso6 or later',
      brands.filter((brand) => brandPattern.test(brand)).join(' ') || brands.join(' ') || 'no ftyp',
    );
    hold(
      movie.hasMovieExtends && movie.tracks.every(({ defaults }) => defaults !== undefined),
      'mvex with a trex for each track',
      'none',
    );
    const counted = movie.tracks.find(({ sampleCount }) => sampleCount > 0);
    hold(counted === undefined, 'no samples in moov', `${counted?.sampleCount}`);
    const isTimeless = movie.durationTicks === 0 && movie.tracks.every(({ durationTicks }) => durationTicks === 0);
    hold(isTimeless, 'durations of 0 in mvhd and tkhd', 'others');
    for (const track of movie.tracks.filter(isClearAvc)) {
      this.#judge.hold(71, track.sampleEntry === 'avc1' && track.parameterSetCount! > 0, () => ({
        expected: 'parameter sets in the init (avc1)',
        seen: track.sampleEntry === 'avc1' ? 'avc1 without parameter sets' : track.sampleEntry,
        url,
      }));
    }
    return movie;
  }

  /** @returns undefined when the bytes make no sense */
  part({ url, segment, bytes, movie }: Downloaded, part: ParsedPart, partIndex: number): ReadMedia | undefined {
    const media = this.#read(url, bytes, movie, segment.mediaSequenceNumber);
    const digests = this.#partDigests.get(segment.mediaSequenceNumber) ?? [];
    digests[partIndex] = media?.sampleDigests;
    remember(this.#partDigests, segment.mediaSequenceNumber, digests, maxRememberedCount);
    if (media === undefined) return undefined;
    const place = { url, mediaSequenceNumber: segment.mediaSequenceNumber, partIndex, line: part.line };
    const main = mainOf(media);
    if (main !== undefined) {
      const offSec = main.durationTicks / main.track.timescaleHz - part.durationSec;
      this.#judge.hold(32, Math.abs(offSec) <= 0.001 + frameSec(main), () => ({
        expected: 'a part that lasts as long as its DURATION',
        seen: `${(1000 * offSec).toFixed(1)} ms longer`,
        ...place,
      }));
    }
    const video = media.tracks.find(({ track }) => isClearAvc(track));
    if (video === undefined) return media;
    const hasIdr = video.samples.some((sample) => isSyncSample(sample) && isIdr(sample, video.track));
    this.#judge.hold(31, hasIdr === part.isIndependent, () => ({
      expected: 'INDEPENDENT=YES exactly on parts with an IDR picture',
      seen: hasIdr ? 'an IDR in a part without it' : 'no IDR in a part that has it',
      ...place,
    }));
    return media;
  }

  segment(downloaded: Downloaded): ReadMedia | undefined {
    const { url, segment, bytes, movie } = downloaded;
    const media = this.#read(url, bytes, movie, segment.mediaSequenceNumber);
    if (media === undefined) return undefined;
    this.#checkParts(downloaded, media);
    this.#checkStart(downloaded, media);
    this.#checkDuration(downloaded, media);
    this.#checkNeighbours(downloaded, media);
    return media;
  }

  #read(url: string, bytes: Uint8Array, movie: Movie, mediaSequenceNumber: number): ReadMedia | undefined {
    const media = tryReadMedia(bytes, movie);
    const isRead = typeof media !== 'string';
    const hold = (isKept: boolean, expected: string, seen: string) =>
      this.#judge.hold(69, isKept, () => ({ expected, seen, url, mediaSequenceNumber }));
    hold(isRead, 'movie fragments that describe their samples', isRead ? '' : media);
    if (!isRead) return undefined;
    hold(media.fragments.length > 0, 'a moof in each segment and part', 'none');
    hold(
      media.fragments.every(({ startTicks }) => startTicks !== undefined),
      'tfdt in every traf',
      'none',
    );
    hold(
      media.fragments.every(({ isMoofRelative }) => isMoofRelative),
      'offsets relative to moof',
      'others',
    );
    return media;
  }

  /** Rule 32: the parts are the segment, sample by sample. */
  #checkParts({ url, segment }: Downloaded, media: ReadMedia): void {
    const digests = this.#partDigests.get(segment.mediaSequenceNumber);
    this.#partDigests.delete(segment.mediaSequenceNumber);
    if (digests === undefined || segment.parts.length !== digests.length) return;
    if (Array.from(digests, (one) => one === undefined).includes(true)) return;
    const ofParts = digests.flatMap((one) => one ?? []);
    const at = media.sampleDigests.findIndex((digest, index) => digest !== ofParts[index]);
    this.#judge.hold(32, at < 0 && ofParts.length === media.sampleDigests.length, () => ({
      expected: 'parts with exactly the samples of their segment',
      seen:
        at < 0
          ? `${ofParts.length} samples in parts, ${media.sampleDigests.length} in the segment`
          : `sample ${at} differs`,
      url,
      mediaSequenceNumber: segment.mediaSequenceNumber,
    }));
  }

  /** Rules 21 and 71. */
  #checkStart({ url, segment }: Downloaded, media: ReadMedia): void {
    const place = { url, mediaSequenceNumber: segment.mediaSequenceNumber };
    for (const { track, samples, durationTicks } of media.tracks) {
      if (!isClearAvc(track)) continue;
      const keyframes = samples.flatMap((sample, index) =>
        isSyncSample(sample) && isIdr(sample, track) ? [index] : [],
      );
      this.#judge.hold(21, keyframes.length > 0, () => ({
        expected: 'an IDR picture in every video segment',
        seen: 'none',
        ...place,
      }));
      const [isMarked, isPicture] = [isSyncSample(samples[0]!), isIdr(samples[0]!, track)];
      if (keyframes.length > 0) {
        this.#judge.hold(71, isMarked && isPicture, () => ({
          expected: 'a first video sample with sync flag and NAL type 5',
          seen: `${isMarked ? 'sync' : 'no sync'} flag, ${isPicture ? 'an' : 'no'} IDR picture`,
          ...place,
        }));
      }
      const gapSec = longestGapTicks(samples, keyframes, durationTicks) / track.timescaleHz;
      this.#judge.hold(21, gapSec <= maxKeyframeGapSec + 0.05, () => ({
        severity: 'W',
        expected: 'keyframes at most two seconds apart',
        seen: `${gapSec.toFixed(2)} s`,
        ...place,
      }));
    }
  }

  /** Rule 8: each EXTINF, and any run of them, within a frame of the media. */
  #checkDuration({ url, segment }: Downloaded, media: ReadMedia): void {
    const main = mainOf(media);
    if (main === undefined || segment.durationSec === undefined) return;
    const offSec = segment.durationSec - main.durationTicks / main.track.timescaleHz;
    const isNext = segment.mediaSequenceNumber === this.#lastMsn + 1 && !segment.isDiscontinuity;
    const driftSec = (isNext ? this.#driftSec : 0) + offSec;
    this.#lastMsn = segment.mediaSequenceNumber;
    const limitSec = frameSec(main) + roundingSec;
    const isKept = Math.abs(offSec) <= limitSec && Math.abs(driftSec) <= limitSec;
    this.#driftSec = isKept ? driftSec : 0;
    this.#judge.hold(8, isKept, () => ({
      expected: 'EXTINF that adds up to the media within one frame',
      seen: `${(1000 * offSec).toFixed(1)} ms off, ${(1000 * driftSec).toFixed(1)} ms since the start`,
      url,
      mediaSequenceNumber: segment.mediaSequenceNumber,
      line: segment.line,
    }));
  }

  /** Rules 15 and 70, with the segments before and behind, whichever came first. */
  #checkNeighbours({ url, segment, movie }: Downloaded, media: ReadMedia): void {
    const msn = segment.mediaSequenceNumber;
    const place = { url, mediaSequenceNumber: msn };
    for (const { track, jumpCount } of media.tracks) {
      this.#judge.hold(70, jumpCount === 0, () => ({
        expected: 'fragments that continue to the tick',
        seen: `${jumpCount} jumps in track ${track.trackId}`,
        ...place,
      }));
    }
    const withStart = media.tracks.filter(({ startTicks }) => startTicks !== undefined);
    const signature = movie.tracks.map(describeTrack).join('; ');
    const endTicks = new Map(
      withStart.map(({ track, startTicks, durationTicks }) => [track.trackId, startTicks! + durationTicks]),
    );
    const ticks = new Map(withStart.map(({ track, startTicks }) => [track.trackId, startTicks!]));
    remember(this.#ends, msn, { endTicks, signature, url }, maxRememberedCount);
    remember(
      this.#starts,
      msn,
      { ticks, isDiscontinuity: segment.isDiscontinuity, signature, url },
      maxRememberedCount,
    );
    this.#checkBorder(msn);
    this.#checkBorder(msn + 1);
  }

  #checkBorder(msn: number): void {
    const [end, start] = [this.#ends.get(msn - 1), this.#starts.get(msn)];
    if (end === undefined || start === undefined) return;
    const place = { url: start.url, mediaSequenceNumber: msn };
    this.#judge.hold(15, start.isDiscontinuity || start.signature === end.signature, () => ({
      expected: 'EXT-X-DISCONTINUITY where the tracks or their encoding change',
      seen: `${end.signature} becomes ${start.signature}`,
      ...place,
    }));
    if (start.isDiscontinuity || start.signature !== end.signature) return;
    for (const [trackId, startTicks] of start.ticks) {
      const expected = end.endTicks.get(trackId);
      if (expected === undefined) continue;
      this.#judge.hold(70, startTicks === expected, () => ({
        expected: 'a segment that continues the one before to the tick',
        seen: `${startTicks - expected} ticks off in track ${trackId}`,
        ...place,
      }));
    }
  }
}

/** The track that durations are told by: the picture, else the only one. */
export function mainOf(media: ReadMedia): TrackMedia | undefined {
  return media.tracks.find(({ track }) => isVideo(track)) ?? media.tracks[0];
}

function frameSec({ track, samples }: TrackMedia): number {
  return Math.max(...samples.slice(0, 500).map(({ durationTicks }) => durationTicks)) / track.timescaleHz;
}

function describeTrack({ trackId, codecString, timescaleHz, width, height, channelCount }: MovieTrack): string {
  const shape = width > 0 ? `${width}x${height}` : `${channelCount} channels`;
  return `track ${trackId} ${codecString} ${shape} ${timescaleHz} Hz`;
}

function longestGapTicks(samples: TrackMedia['samples'], keyframes: readonly number[], durationTicks: number): number {
  const isKeyframe = new Set(keyframes);
  let [at, last, longest] = [0, 0, 0];
  for (const [index, sample] of samples.entries()) {
    if (isKeyframe.has(index)) {
      longest = Math.max(longest, at - last);
      last = at;
    }
    at += sample.durationTicks;
  }
  return Math.max(longest, durationTicks - last);
}
