/** VOD media and multivariant playlists of a finished recording (draft-pantos-hls-rfc8216bis). Pure. */
import { type SpooledSegment } from '../spool/spool-state.ts';
import { durationSecOf, endSecOf, startSecOf } from './timeline.ts';

/** Holes below this are rounding between audio and video cuts. */
const holeToleranceSec = 0.045;

/** What of a segment stands in a playlist. */
export type VodSegment = Pick<
  SpooledSegment,
  'mediaSequenceNumber' | 'runIndex' | 'startTicks' | 'durationTicks' | 'timescaleHz' | 'programDateTimeMs'
>;

/** URIs relative to the playlist. */
export interface VodSegmentNames {
  /** Missing for text, which has no initialization segments. */
  init?(runIndex: number): string;
  segment(mediaSequenceNumber: number): string;
}

/**
 * One rendition's playlist: DISCONTINUITY and MAP at each run (§4.4.4.3, §4.4.4.5), PROGRAM-DATE-TIME on every segment,
 * lost media as EXT-X-GAP entries (§4.4.4.7), so that playlist time, MP4 time and recording time are the same.
 * @param segments non-empty, in media order.
 * @param originSec media time at which all playlists of the recording begin.
 * @param dateRanges lines of EXT-X-DATERANGE, the same in all playlists (§6.2.4).
 */
export function buildVodPlaylist(
  segments: readonly VodSegment[],
  names: VodSegmentNames,
  originSec: number,
  dateRanges: readonly string[] = [],
): string {
  const targetDurationSec = Math.max(1, ...segments.map((segment) => Math.round(durationSecOf(segment))));
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${targetDurationSec}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-DISCONTINUITY-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...dateRanges,
  ];
  let endSec = originSec;
  let endAtMs: number | undefined;
  let runIndex: number | undefined;
  for (const segment of segments) {
    const isNewRun = runIndex !== segment.runIndex;
    const hole = holeBefore(segment, { endSec, endAtMs }, targetDurationSec, names);
    // A gap needs a MAP in force too (§4.4.4.5); before the first segment there is only the first run's.
    const map = names.init === undefined ? [] : [`#EXT-X-MAP:URI="${names.init(segment.runIndex)}"`];
    if (isNewRun && runIndex === undefined) lines.push(...map);
    lines.push(...hole);
    if (isNewRun && runIndex !== undefined) lines.push('#EXT-X-DISCONTINUITY', ...map);
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(segment.programDateTimeMs)).toISOString()}`,
      `#EXTINF:${durationSecOf(segment).toFixed(6)},`,
      names.segment(segment.mediaSequenceNumber),
    );
    runIndex = segment.runIndex;
    endSec = endSecOf(segment);
    endAtMs = segment.programDateTimeMs + durationSecOf(segment) * 1000;
  }
  lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

function holeBefore(
  segment: VodSegment,
  previous: { readonly endSec: number; readonly endAtMs: number | undefined },
  targetDurationSec: number,
  names: VodSegmentNames,
): string[] {
  const holeSec = startSecOf(segment) - previous.endSec;
  if (holeSec <= holeToleranceSec) return [];
  const entryCount = Math.ceil(holeSec / targetDurationSec);
  const entrySec = holeSec / entryCount;
  // Dates go on from what was before the hole: the next run has an anchor of its own behind the discontinuity.
  const startAtMs = previous.endAtMs ?? segment.programDateTimeMs - holeSec * 1000;
  const lines: string[] = [];
  for (let index = 0; index < entryCount; index++) {
    const atMs = startAtMs + index * entrySec * 1000;
    lines.push(
      '#EXT-X-GAP',
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(atMs)).toISOString()}`,
      `#EXTINF:${entrySec.toFixed(6)},`,
      // Names nothing: a gap's resource need not exist (§4.4.4.7).
      names.segment(segment.mediaSequenceNumber).replace(/\.(m4s|vtt)$/, `.gap-${index}.$1`),
    );
  }
  return lines;
}

export interface VodVariant {
  readonly uri: string;
  readonly kind: 'video' | 'audio';
  readonly codec: string;
  readonly peakBitsPerSec: number;
  readonly averageBitsPerSec: number;
  readonly width?: number;
  readonly height?: number;
  readonly frameRate?: number;
}

/** Measured peak and average bit rate of a rendition, over its segments (§4.1). */
export function measureBitRates(segments: readonly SpooledSegment[]) {
  const sizeBytes = segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  const durationSec = segments.reduce((sum, segment) => sum + durationSecOf(segment), 0);
  const targetSec = Math.max(...segments.map(durationSecOf));
  // Segments shorter than half the target do not count for the peak (§4.1).
  const peaks = segments
    .filter((segment) => durationSecOf(segment) >= targetSec / 2)
    .map((segment) => (segment.sizeBytes * 8) / durationSecOf(segment));
  return {
    peakBitsPerSec: Math.ceil(Math.max(...peaks)),
    averageBitsPerSec: Math.ceil((sizeBytes * 8) / durationSec),
  };
}

export interface VodCaptions {
  readonly language: string;
  readonly name: string;
  /** URI of its playlist. */
  readonly playlist: string;
}

/** @param variants video renditions, highest bit rate first, and at most one audio group. */
export function buildMultivariantPlaylist(
  variants: readonly VodVariant[],
  captions: readonly VodCaptions[] = [],
): string {
  const audio = variants.filter((variant) => variant.kind === 'audio');
  const video = variants.filter((variant) => variant.kind === 'video');
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS'];
  const groups = video.length === 0 ? [] : audio;
  for (const [index, rendition] of groups.entries()) {
    lines.push(
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio${index === 0 ? '' : ` ${index + 1}`}",` +
        `DEFAULT=${index === 0 ? 'YES' : 'NO'},AUTOSELECT=YES,LANGUAGE="und",URI="${rendition.uri}"`,
    );
  }
  for (const { name, language, playlist } of captions) {
    lines.push(
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="${name.replaceAll('"', '')}",LANGUAGE="${language}",` +
        `DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="${playlist}"`,
    );
  }
  const audioPeak = Math.max(0, ...groups.map((rendition) => rendition.peakBitsPerSec));
  const audioAverage = Math.max(0, ...groups.map((rendition) => rendition.averageBitsPerSec));
  const groupCodecs = groups.map((rendition) => rendition.codec);
  for (const variant of video.length === 0 ? audio : video) {
    const codecs = [...new Set([variant.codec, ...groupCodecs])].join(',');
    const attributes = [
      `BANDWIDTH=${variant.peakBitsPerSec + audioPeak}`,
      `AVERAGE-BANDWIDTH=${variant.averageBitsPerSec + audioAverage}`,
      `CODECS="${codecs}"`,
      ...(variant.width === undefined ? [] : [`RESOLUTION=${variant.width}x${variant.height ?? 0}`]),
      ...(variant.frameRate === undefined ? [] : [`FRAME-RATE=${variant.frameRate.toFixed(3)}`]),
      ...(groups.length > 0 ? ['AUDIO="audio"'] : []),
      ...(captions.length > 0 ? ['SUBTITLES="captions"'] : []),
      ...(variant.kind === 'video' ? ['CLOSED-CAPTIONS=NONE'] : []),
    ];
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, variant.uri);
  }
  return `${lines.join('\n')}\n`;
}
