/** Faults in media bytes: inits, segments, parts, subtitles, rates. */
import { concatBytes } from '../../../src/media/concat-bytes.ts';
import {
  mergeFragments,
  parseFragment,
  parseInitSegment,
  readMovie,
  type Sample,
} from '../../../src/media/fmp4/index.ts';
import { checkCodecs, checkRates, RateMeter } from '../../../src/hls/check/rules/codecs-and-rates.ts';
import { MediaWatch } from '../../../src/hls/check/rules/media.ts';
import { SubtitleWatch } from '../../../src/hls/check/rules/subtitles.ts';
import { type ParsedSegment } from '../../../src/hls/check/playlist/media-playlist.ts';
import {
  type Case,
  found,
  goodMultivariant,
  goodProgram,
  goodVideo,
  media,
  multivariant,
  urlOf,
} from './good-stream.ts';

const window = goodProgram.window('video')!;
export const goodInit = window.init(0)!;
const playlist = media(goodVideo);
const segments = playlist.segments.filter(({ parts }) => parts.length > 0).slice(0, 3);
const partsOf = ({ mediaSequenceNumber }: ParsedSegment) =>
  window.segment(mediaSequenceNumber)!.parts.map(({ bytes }) => bytes);

interface Given {
  readonly segment: ParsedSegment;
  readonly init?: Uint8Array;
  readonly bytes?: Uint8Array;
  readonly parts?: readonly Uint8Array[];
}

/** What is said about segments that are downloaded one behind the other, their parts first. */
export function inBytes(...given: readonly Given[]): string[] {
  return found((judge) => {
    const watch = new MediaWatch(judge);
    for (const { segment, init = goodInit, parts = partsOf(segment), bytes = concatBytes(parts) } of given) {
      const movie = watch.init(urlOf('init'), init);
      if (movie === undefined) continue;
      for (const [index, part] of segment.parts.entries()) {
        const own = parts[index];
        if (own !== undefined) watch.part({ url: urlOf('part'), segment, bytes: own, movie }, part, index);
      }
      watch.segment({ url: urlOf('segment'), segment, bytes, movie });
    }
  });
}

/** Bytes changed where a box type is found. */
function patched(bytes: Uint8Array, at: string, change: (view: Buffer, at: number) => void): Uint8Array {
  const copy = Buffer.from(bytes);
  const index = copy.indexOf(at);
  if (index < 0) throw new Error(`no ${at}`);
  change(copy, index);
  return copy;
}

const track = parseInitSegment(goodInit);
/** One part with other samples, or another start. */
function remade(bytes: Uint8Array, change: (samples: Sample[]) => Sample[], byTicks = 0): Uint8Array {
  const { startTicks, samples, sequenceNumber, trackId } = parseFragment(bytes, track);
  return mergeFragments([{ startTicks: startTicks + byTicks, samples: change([...samples]) }], {
    trackId,
    sequenceNumber,
  });
}
const withSamples = (segment: ParsedSegment, partIndex: number, change: (samples: Sample[]) => Sample[]) =>
  partsOf(segment).map((bytes, index) => (index === partIndex ? remade(bytes, change) : bytes));
const moved = (segment: ParsedSegment, byTicks: number) =>
  partsOf(segment).map((bytes) => remade(bytes, (samples) => samples, byTicks));
const noIdr = (sample: Sample): Sample => {
  const data = Uint8Array.from(sample.data);
  data[4] = 0x41;
  return { ...sample, data, flags: 0x0101_0000 };
};
const [first, second] = segments as [ParsedSegment, ParsedSegment];
const unlisted = (segment: ParsedSegment): ParsedSegment => ({ ...segment, parts: [] });

const webvtt = (cues: string, map = 'X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:9000000', header = 'WEBVTT') =>
  `${header}\n${map}\n\n${cues}`;
const longCue = '00:00:01.000 --> 00:00:03.000\nHello\n\n';
export function inSubtitles(...files: readonly string[]): string[] {
  return found((judge) => {
    const watch = new SubtitleWatch(judge);
    for (const [index, text] of files.entries()) {
      watch.segment(
        { ...unlisted(first), mediaSequenceNumber: index },
        urlOf('subtitles'),
        Buffer.from(text),
        100 + 2 * index,
      );
    }
  });
}

const variants = multivariant(goodMultivariant).variants;
function rated(bytesPerSegment: readonly number[], isLive = true): string[] {
  const main = new RateMeter();
  for (const [index, sizeBytes] of bytesPerSegment.entries()) main.add(index, sizeBytes, 2);
  return found((judge) =>
    checkRates({ variant: variants[0]!, main, audio: [], targetDurationSec: 2, isLive, url: urlOf('video') }, judge),
  );
}
const coded = (codecs: string) =>
  found((judge) =>
    checkCodecs({ ...variants[0]!, attributes: new Map([['CODECS', codecs]]) }, [readMovie(goodInit)], judge),
  );

export const mediaCases: readonly Case[] = [
  {
    rule: 8,
    what: 'an EXTINF that is 100 ms off',
    broken: () => inBytes({ segment: { ...unlisted(first), durationSec: 2.1 } }),
  },
  {
    rule: 8,
    what: 'EXTINFs that are 20 ms off each',
    broken: () => inBytes(...segments.map((segment) => ({ segment: { ...unlisted(segment), durationSec: 2.02 } }))),
  },
  {
    rule: 15,
    what: 'another picture size without a discontinuity',
    broken: () =>
      inBytes(
        { segment: first },
        { segment: second, init: patched(goodInit, 'avc1', (view, at) => view.writeUInt16BE(640, at + 28)) },
      ),
  },
  {
    rule: 21,
    what: 'a segment without an IDR picture',
    broken: () => inBytes({ segment: unlisted(first), parts: withSamples(first, 0, (samples) => samples.map(noIdr)) }),
  },
  {
    rule: 31,
    what: 'INDEPENDENT=YES on a part without an IDR',
    broken: () =>
      inBytes({
        segment: {
          ...first,
          parts: first.parts.map((part, index) => (index === 1 ? { ...part, isIndependent: true } : part)),
        },
      }),
  },
  {
    rule: 32,
    what: 'a segment that lacks a sample of its parts',
    broken: () =>
      inBytes({ segment: first, bytes: concatBytes(withSamples(first, 5, (samples) => samples.slice(0, -1))) }),
  },
  {
    rule: 32,
    what: 'a part that is shorter than its DURATION',
    broken: () =>
      inBytes({
        segment: {
          ...first,
          parts: first.parts.map((part, index) => (index === 1 ? { ...part, durationSec: 0.5 } : part)),
        },
      }),
  },
  {
    rule: 69,
    what: 'an init that is cut off',
    broken: () => inBytes({ segment: first, init: goodInit.subarray(0, 40) }),
  },
  {
    rule: 69,
    what: 'a brand of files',
    broken: () =>
      inBytes({ segment: first, init: patched(goodInit, 'iso6', (view, at) => view.write('qt  ', at, 'latin1')) }),
  },
  {
    rule: 69,
    what: 'a movie with a duration',
    broken: () =>
      inBytes({ segment: first, init: patched(goodInit, 'mvhd', (view, at) => view.writeUInt32BE(90, at + 20)) }),
  },
  {
    rule: 69,
    what: 'no mvex',
    broken: () =>
      inBytes({ segment: first, init: patched(goodInit, 'mvex', (view, at) => view.write('free', at, 'latin1')) }),
  },
  {
    rule: 69,
    what: 'a fragment without tfdt',
    broken: () =>
      inBytes({
        segment: unlisted(first),
        bytes: patched(concatBytes(partsOf(first)), 'tfdt', (view, at) => view.write('free', at, 'latin1')),
      }),
  },
  {
    rule: 69,
    what: 'a fragment that is cut off',
    broken: () => inBytes({ segment: unlisted(first), bytes: concatBytes(partsOf(first)).subarray(0, -3) }),
  },
  {
    rule: 70,
    what: 'a segment one tick late',
    broken: () => inBytes({ segment: first }, { segment: second, parts: moved(second, 1) }),
  },
  {
    rule: 70,
    what: 'a fragment one tick late',
    broken: () =>
      inBytes({
        segment: unlisted(first),
        parts: partsOf(first).map((bytes, index) => (index < 3 ? bytes : remade(bytes, (samples) => samples, 1))),
      }),
  },
  {
    rule: 71,
    what: 'a keyframe that is not the first sample',
    broken: () =>
      inBytes({
        segment: unlisted(first),
        parts: withSamples(first, 0, ([key, next, ...rest]) => [next!, key!, ...rest]),
      }),
  },
  {
    rule: 71,
    what: 'avc3, with parameter sets in the samples',
    broken: () =>
      inBytes({ segment: first, init: patched(goodInit, 'avc1', (view, at) => view.write('avc3', at, 'latin1')) }),
  },
  {
    rule: 21,
    severity: 'W',
    what: 'keyframes 2.7 s apart',
    broken: () =>
      inBytes({
        segment: { ...unlisted(first), durationSec: 8 / 3 },
        parts: [
          ...partsOf(first),
          ...partsOf(second)
            .slice(1, 3)
            .map((bytes) => remade(bytes, (samples) => samples, -30_000)),
        ],
      }),
  },
  { rule: 51, what: 'a peak of twice the BANDWIDTH', broken: () => rated([680_000, 1_400_000, 680_000, 680_000]) },
  {
    rule: 51,
    what: 'a mean above AVERAGE-BANDWIDTH for a minute',
    broken: () => rated(Array.from({ length: 31 }, () => 680_000)),
  },
  { rule: 51, what: 'a VOD peak of 120 % of the BANDWIDTH', broken: () => rated([500_000, 830_000, 500_000], false) },
  { rule: 52, what: 'another level in CODECS', broken: () => coded('avc1.64002A') },
  { rule: 52, what: 'sound in CODECS that is not there', broken: () => coded('avc1.64001F,mp4a.40.2') },
  { rule: 59, what: 'no WEBVTT', broken: () => inSubtitles(webvtt('', undefined, 'WEB')) },
  { rule: 59, what: 'no timestamp map', broken: () => inSubtitles(webvtt('', 'NOTE nothing')) },
  {
    rule: 59,
    what: 'a timestamp map of another time',
    broken: () => inSubtitles(webvtt(longCue, 'X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000')),
  },
  {
    rule: 59,
    what: 'MPEGTS above 33 bits',
    broken: () => inSubtitles(webvtt('', 'X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:8589934592')),
  },
  { rule: 60, what: 'a cue that is not repeated', broken: () => inSubtitles(webvtt(longCue), webvtt('')) },
  {
    rule: 60,
    what: 'a cue that is cut',
    broken: () => inSubtitles(webvtt(longCue), webvtt('00:00:02.000 --> 00:00:03.000\nHello\n\n')),
  },
];

export const goodMedia = (): string[][] => [
  inBytes(...segments.map((segment) => ({ segment }))),
  inSubtitles(webvtt(longCue), webvtt(longCue), webvtt('')),
  rated([600_000, 680_000, 600_000]),
  coded('avc1.64001F'),
];
