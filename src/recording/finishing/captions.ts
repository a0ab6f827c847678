/** Captions of a finished recording: one file per language in recording time, and segments for the VOD playlists. Pure. */
import { type WebVttCue, writeWebVtt, writeWebVttSegment } from '../../media/webvtt/index.ts';
import { captionsFileName, captionSegmentName, mediaPlaylistName } from '../object-key.ts';
import { type RecordedEvent } from '../ports.ts';
import { type SpooledSegment, type SpoolState } from '../spool/spool-state.ts';
import { durationSecOf, endSecOf, type RecordingTimeline, startSecOf } from './timeline.ts';
import { buildVodPlaylist, type VodSegment } from './vod-playlist.ts';

/** In a VOD presentation text may have a target duration of its own (§6.2.4): few objects instead of one per two seconds. */
const chunkSec = 60;
const holeToleranceSec = 0.045;

type Caption = Extract<RecordedEvent, { type: 'caption' }>;

export interface FinishedCaptions {
  readonly language: string;
  readonly name: string;
  readonly cueCount: number;
  /** Object names relative to the recording. */
  readonly file: string;
  readonly playlist: string;
  readonly objects: readonly { readonly name: string; readonly text: string }[];
}

/**
 * Languages without a caption are left out. Times are the true ones, whenever live viewers saw the text.
 * @param segments of the leading track as the VOD playlists list them, non-empty
 * @param dateRanges lines that every media playlist carries
 */
export function buildCaptions(
  state: SpoolState,
  timeline: RecordingTimeline,
  segments: readonly SpooledSegment[],
  dateRanges: readonly string[] = [],
): FinishedCaptions[] {
  const captions = state.events.filter((event) => event.type === 'caption');
  return (state.start?.captions ?? []).flatMap(({ language, name }) => {
    const cues = cuesOf(
      captions.filter((caption) => caption.language === language),
      timeline,
    );
    if (cues.length === 0) return [];
    const folder = `captions-${language.toLowerCase()}`;
    const file = captionsFileName(language);
    const playlist = mediaPlaylistName(folder);
    const chunks = chunksOf(segments);
    const names = { segment: (sequence: number) => captionSegmentName(folder, sequence).slice(folder.length + 1) };
    const objects = [
      { name: file, text: writeWebVtt(cues) },
      ...chunks.map((chunk) => ({
        name: captionSegmentName(folder, chunk.mediaSequenceNumber),
        text: writeWebVttSegment(cuesIn(chunk, cues, timeline.originSec)),
      })),
      { name: playlist, text: buildVodPlaylist(chunks, names, timeline.originSec, dateRanges) },
    ];
    return [{ language, name, cueCount: cues.length, file, playlist, objects }];
  });
}

/** In recording time, by their starts; what lies wholly in a gap or outside is not there to be read. */
function cuesOf(captions: readonly Caption[], timeline: RecordingTimeline): WebVttCue[] {
  const cues = captions.map(({ cueId, text, atMs, endAtMs }) => ({
    cueId,
    text,
    startMs: Math.round(1000 * timeline.toRecordingSec(atMs)),
    endMs: Math.round(1000 * timeline.toRecordingSec(endAtMs)),
  }));
  return cues.filter(({ startMs, endMs }) => endMs > startMs).sort((a, b) => a.startMs - b.startMs);
}

/** Those that overlap the chunk, in media time, which recording time runs beside. */
function cuesIn(chunk: VodSegment, cues: readonly WebVttCue[], originSec: number): WebVttCue[] {
  const originMs = Math.round(1000 * originSec);
  const fromMs = 1000 * startSecOf(chunk);
  const toMs = 1000 * endSecOf(chunk);
  return cues
    .map((cue) => ({ ...cue, startMs: cue.startMs + originMs, endMs: cue.endMs + originMs }))
    .filter(({ startMs, endMs }) => startMs < toMs && endMs > fromMs);
}

/** Neighbours of one run without a hole between them, a minute at most. */
function chunksOf(segments: readonly SpooledSegment[]): VodSegment[] {
  const chunks: { -readonly [Key in keyof VodSegment]: VodSegment[Key] }[] = [];
  for (const segment of segments) {
    const last = chunks.at(-1);
    const fits =
      last?.runIndex === segment.runIndex &&
      Math.abs(startSecOf(segment) - endSecOf(last)) <= holeToleranceSec &&
      durationSecOf(last) + durationSecOf(segment) <= chunkSec;
    if (fits) last.durationTicks = segment.startTicks + segment.durationTicks - last.startTicks;
    else {
      const { mediaSequenceNumber, runIndex, startTicks, durationTicks, timescaleHz, programDateTimeMs } = segment;
      chunks.push({ mediaSequenceNumber, runIndex, startTicks, durationTicks, timescaleHz, programDateTimeMs });
    }
  }
  return chunks;
}
