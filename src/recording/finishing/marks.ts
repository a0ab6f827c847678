/** Who spoke and what was marked, as date ranges of the VOD playlists. Pure. */
import { type DateRange, dateRangeTag } from '../../media/m3u8/date-range.ts';
import { type SpoolState } from '../spool/spool-state.ts';
import { type RecordingManifest } from './manifest.ts';
import { type RecordingTimeline } from './timeline.ts';

export function buildMarks(state: SpoolState, timeline: RecordingTimeline): RecordingManifest['marks'] {
  const marks = state.events.filter((event) => event.type === 'mark').sort((a, b) => a.atMs - b.atMs);
  return marks.map(({ markId, kind, atMs, endAtMs, attributes }, index) => {
    // What has no end lasts until the next of its kind.
    const next = marks.slice(index + 1).find((other) => other.kind === kind)?.atMs;
    const toMs = endAtMs ?? next ?? Math.max(atMs, state.end?.endedAtMs ?? atMs);
    return {
      ...{ markId, kind, atMs, endAtMs: toMs, attributes: { ...attributes } },
      atSec: timeline.toRecordingSec(atMs),
      endSec: timeline.toRecordingSec(toMs),
    };
  });
}

/** Lines for every media playlist; what nobody can see is left out. Ends are known by now. */
export function dateRangeLines(speakers: RecordingManifest['speakers'], marks: RecordingManifest['marks']): string[] {
  const spoken = speakers.map((turn, index): DateRange & { isSeen: boolean } => ({
    ...{ id: `speaker-${index}`, kind: 'speaker', startMs: turn.startAtMs, endMs: turn.endAtMs },
    attributes: { ...(turn.displayName && { NAME: turn.displayName }) },
    isSeen: turn.participantId !== null && turn.endSec > turn.startSec,
  }));
  const marked = marks.map((mark): DateRange & { isSeen: boolean } => ({
    ...{ id: mark.markId, kind: mark.kind, startMs: mark.atMs, endMs: mark.endAtMs },
    attributes: mark.attributes,
    isSeen: mark.endSec > mark.atSec,
  }));
  return [...spoken, ...marked].filter(({ isSeen }) => isSeen).map(dateRangeTag);
}
