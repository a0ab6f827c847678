/** What of the program the recording holds: one time axis, its holes, and the way from wall time to it. Pure. */
import { type SpooledSegment, type SpoolState } from '../spool/spool-state.ts';

/** Shorter holes are rounding: audio segments are cut at the AAC frame nearest to the video's boundary. */
const holeToleranceSec = 0.045;
/** Wall time between the last medium and the end command that is still ordinary: one open segment and the encoder's delay. */
const endToleranceMs = 6000;
/** How far an interruption's report may lie from the hole it explains. */
const causeWindowMs = 15_000;

export interface RecordingGap {
  /** Recording time. Equal to `endSec` when the timeline itself goes on without a hole and only wall time is missing. */
  readonly startSec: number;
  readonly endSec: number;
  /** Wall time, ms since the Unix epoch. */
  readonly startAtMs: number;
  readonly endAtMs: number;
  readonly lostMs: number;
  readonly cause: string;
  readonly renditionIds: readonly string[];
}

export interface RenditionSpan {
  readonly renditionId: string;
  readonly startSec: number;
  readonly endSec: number;
}

export interface RecordingTimeline {
  /** Media time (tfdt) of recording time 0, seconds. */
  readonly originSec: number;
  readonly durationSec: number;
  /** Video of the highest bit rate, if any, and the first audio: what the MP4 file is made of. */
  readonly primaryVideoId: string | undefined;
  readonly primaryAudioId: string | undefined;
  readonly spans: readonly RenditionSpan[];
  readonly gaps: readonly RecordingGap[];
  /** Recording time of a wall time, 0..durationSec; moments inside a gap map to its edges. */
  toRecordingSec(wallMs: number): number;
}

type Timed = Pick<SpooledSegment, 'startTicks' | 'durationTicks' | 'timescaleHz'>;

export function startSecOf(segment: Timed): number {
  return segment.startTicks / segment.timescaleHz;
}

export function durationSecOf(segment: Timed): number {
  return segment.durationTicks / segment.timescaleHz;
}

export function endSecOf(segment: Timed): number {
  return (segment.startTicks + segment.durationTicks) / segment.timescaleHz;
}

export function buildTimeline(state: SpoolState): RecordingTimeline {
  const recorded = [...state.renditions.values()]
    .map(({ spec }) => ({ spec, segments: state.segmentsOf(spec.renditionId) }))
    .filter(({ segments }) => segments.length > 0);
  const video = recorded
    .filter(({ spec }) => spec.kind === 'video')
    .sort((a, b) => b.spec.peakBitsPerSec - a.spec.peakBitsPerSec)[0];
  const audio = recorded.find(({ spec }) => spec.kind === 'audio');
  const primary = (video ?? audio)?.segments ?? [];
  const originSec = primary[0] === undefined ? 0 : startSecOf(primary[0]);
  const durationSec = Math.max(0, ...recorded.map(({ segments }) => endSecOf(segments.at(-1)!) - originSec));
  const spans = recorded.map(({ spec, segments }) => ({
    renditionId: spec.renditionId,
    startSec: round(startSecOf(segments[0]!) - originSec),
    endSec: round(endSecOf(segments.at(-1)!) - originSec),
  }));
  const holes = recorded.flatMap(({ spec, segments }) =>
    holesOf(segments, originSec, durationSec, state.start?.startedAtMs ?? 0).map(({ endedRuns, ...hole }) => ({
      ...hole,
      renditionIds: [spec.renditionId],
      cause: causeOf({ ...hole, ...(endedRuns && { endedRuns }) }, state),
    })),
  );
  const tail = tailGap(state, primary, durationSec);
  return {
    originSec,
    durationSec: round(durationSec),
    primaryVideoId: video?.spec.renditionId,
    primaryAudioId: audio?.spec.renditionId,
    spans,
    gaps: [...mergeHoles(holes), ...(tail === undefined ? [] : [tail])],
    toRecordingSec: (wallMs) => wallToRecordingSec(primary, originSec, wallMs),
  };
}

interface Hole extends Omit<RecordingGap, 'cause' | 'renditionIds'> {
  /** The runs that ended in it; undefined when the hole lies inside a run or at an end. */
  readonly endedRuns?: { readonly first: number; readonly last: number };
}

function holesOf(
  segments: readonly SpooledSegment[],
  originSec: number,
  durationSec: number,
  startedAtMs: number,
): Hole[] {
  const holes: Hole[] = [];
  const add = (
    startSec: number,
    endSec: number,
    startAtMs: number,
    endAtMs: number,
    endedRuns?: { readonly first: number; readonly last: number },
  ) => {
    const lostMs = Math.max(endAtMs - startAtMs, (endSec - startSec) * 1000);
    if (lostMs <= holeToleranceSec * 1000) return;
    const hole = { startSec: round(startSec), endSec: round(endSec), startAtMs, endAtMs, lostMs: Math.round(lostMs) };
    holes.push({ ...hole, ...(endedRuns && { endedRuns }) });
  };
  const first = segments[0]!;
  const leadSec = startSecOf(first) - originSec;
  if (leadSec > holeToleranceSec) {
    add(0, leadSec, Math.max(startedAtMs, first.programDateTimeMs - leadSec * 1000), first.programDateTimeMs);
  }
  for (const [index, next] of segments.entries()) {
    const previous = segments[index - 1];
    if (previous === undefined) continue;
    // Within a run wall time follows media time; only a new run has an anchor of its own.
    const endAtMs = endAtMsOf(previous);
    const isSameRun = previous.runIndex === next.runIndex;
    const startsAtMs = isSameRun ? endAtMs + (startSecOf(next) - endSecOf(previous)) * 1000 : next.programDateTimeMs;
    const endedRuns = isSameRun ? undefined : { first: previous.runIndex, last: next.runIndex - 1 };
    add(endSecOf(previous) - originSec, startSecOf(next) - originSec, endAtMs, startsAtMs, endedRuns);
  }
  const last = segments.at(-1)!;
  const missingSec = durationSec - (endSecOf(last) - originSec);
  // The last part of audio and video never end at the same instant: one part of difference is ordinary.
  if (missingSec > 0.5)
    add(endSecOf(last) - originSec, durationSec, endAtMsOf(last), endAtMsOf(last) + missingSec * 1000);
  return holes;
}

/** Holes of several renditions that overlap or touch in wall time are one gap. */
function mergeHoles(holes: readonly RecordingGap[]): RecordingGap[] {
  const merged: RecordingGap[] = [];
  for (const hole of [...holes].sort((a, b) => a.startAtMs - b.startAtMs)) {
    const last = merged.at(-1);
    if (last === undefined || hole.startAtMs > last.endAtMs) merged.push(hole);
    else {
      merged[merged.length - 1] = {
        ...last,
        startSec: Math.min(last.startSec, hole.startSec),
        endSec: Math.max(last.endSec, hole.endSec),
        endAtMs: Math.max(last.endAtMs, hole.endAtMs),
        lostMs: Math.max(last.lostMs, hole.lostMs),
        renditionIds: [...new Set([...last.renditionIds, ...hole.renditionIds])],
      };
    }
  }
  return merged;
}

/** What was being sent when everything stopped can not be known; that it is missing can. */
function tailGap(state: SpoolState, primary: readonly SpooledSegment[], durationSec: number): RecordingGap | undefined {
  if (state.end === undefined) return undefined;
  const last = primary.at(-1);
  const startAtMs = last === undefined ? (state.start?.startedAtMs ?? 0) : endAtMsOf(last);
  const missingMs = Math.max(0, state.end.endedAtMs - startAtMs);
  const isLost = last === undefined || state.end.cause === 'recovered' || missingMs > endToleranceMs;
  if (!isLost) return undefined;
  const hole = {
    startSec: round(durationSec),
    endSec: round(durationSec),
    startAtMs,
    endAtMs: startAtMs + missingMs,
    lostMs: Math.round(missingMs),
  };
  const cause = state.end.cause === 'recovered' ? 'recordingTerminated' : causeOf(hole, state);
  return { ...hole, cause, renditionIds: [...state.renditions.keys()] };
}

/** What ended the run before a hole has caused it; everything else is found by its time. */
function causeOf(hole: Hole, state: SpoolState): string {
  const interruptions = state.events.filter((event) => event.type === 'programInterrupted');
  const { endedRuns } = hole;
  if (endedRuns !== undefined) {
    // Reports come later than the loss, by as much as it took to notice it: by time the wrong run could be blamed.
    const reported = interruptions.find(
      ({ runIndex }) => runIndex !== undefined && runIndex >= endedRuns.first && runIndex <= endedRuns.last,
    );
    if (reported !== undefined) return reported.cause;
  }
  const distanceMs = (atMs: number) => Math.max(0, hole.startAtMs - atMs, atMs - hole.endAtMs);
  const isNear = (atMs: number) => distanceMs(atMs) <= causeWindowMs;
  const [interruption] = interruptions
    .filter((event) => isNear(event.atMs))
    .sort((a, b) => distanceMs(a.atMs) - distanceMs(b.atMs));
  if (interruption !== undefined) return interruption.cause;
  const loss = state.losses.find((one) => isNear(one.atMs));
  if (loss !== undefined) return loss.cause;
  return state.restartedAtMs.some(isNear) ? 'recorderRestarted' : 'mediaMissing';
}

function wallToRecordingSec(primary: readonly SpooledSegment[], originSec: number, wallMs: number): number {
  let low = 0;
  let high = primary.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (primary[middle]!.programDateTimeMs <= wallMs) low = middle + 1;
    else high = middle;
  }
  const segment = primary[low - 1];
  if (segment === undefined) return 0;
  const insideSec = Math.min(durationSecOf(segment), (wallMs - segment.programDateTimeMs) / 1000);
  return round(startSecOf(segment) - originSec + insideSec);
}

function endAtMsOf(segment: SpooledSegment): number {
  return segment.programDateTimeMs + durationSecOf(segment) * 1000;
}

/** Microseconds: finer than any sample, coarse enough to hide binary fractions. */
function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
