/** Which runs go into which MP4 file: runs with equal initialization segments share one. Pure. */
import { runFileName } from '../spool/spool-layout.ts';
import { playableSegments, type SpooledRun, type SpoolState } from '../spool/spool-state.ts';
import { endSecOf, type RecordingTimeline, startSecOf } from './timeline.ts';

export interface Mp4Plan {
  readonly name: string;
  /** Files or pieces of files per track, video first, as FFmpeg opens them. */
  readonly tracks: readonly (readonly string[])[];
  /** Media time of its first sample of the leading track, seconds. */
  readonly originSec: number;
  readonly durationSec: number;
}

export function planMp4Files(state: SpoolState, timeline: RecordingTimeline): Mp4Plan[] {
  const trackIds = [timeline.primaryVideoId, timeline.primaryAudioId].filter((id) => id !== undefined);
  const runsByTrack = trackIds.map((renditionId) => ({
    renditionId,
    runs: (state.renditions.get(renditionId)?.runs ?? []).filter((run) => playableSegments(run).length > 0),
  }));
  const runIndexes = [...new Set(runsByTrack.flatMap(({ runs }) => runs.map((run) => run.runIndex)))];
  const groups: number[][] = [];
  let groupInits = new Map<string, string>();
  for (const runIndex of runIndexes.sort((a, b) => a - b)) {
    const inits = new Map<string, string>();
    for (const { renditionId, runs } of runsByTrack) {
      const run = runs.find((one) => one.runIndex === runIndex);
      if (run !== undefined) inits.set(renditionId, run.initSha256);
    }
    const fits = [...inits].every(([renditionId, sha256]) => (groupInits.get(renditionId) ?? sha256) === sha256);
    const group = groups.at(-1);
    if (group !== undefined && fits) {
      group.push(runIndex);
      groupInits = new Map([...groupInits, ...inits]);
    } else {
      groups.push([runIndex]);
      groupInits = inits;
    }
  }
  return groups.map((group, index) => {
    const tracks = runsByTrack
      .map(({ renditionId, runs }) => ({ renditionId, runs: runs.filter((run) => group.includes(run.runIndex)) }))
      .filter(({ runs }) => runs.length > 0);
    return {
      name: index === 0 ? 'recording.mp4' : `recording-${index + 1}.mp4`,
      tracks: tracks.map(({ renditionId, runs }) => runs.flatMap((run) => piecesOf(renditionId, run))),
      ...spanOf(tracks.map(({ runs }) => runs)),
    };
  });
}

/** The run's file, or what is whole of it: FFmpeg must not see damaged bytes. */
function piecesOf(renditionId: string, run: SpooledRun): string[] {
  const name = runFileName(renditionId, run.runIndex);
  const segments = playableSegments(run);
  if (segments.length === run.segments.length) return [name];
  const pieces = [{ start: 0, end: run.initSizeBytes }];
  for (const { offsetBytes, sizeBytes } of segments) {
    const last = pieces.at(-1)!;
    if (last.end === offsetBytes) last.end += sizeBytes;
    else pieces.push({ start: offsetBytes, end: offsetBytes + sizeBytes });
  }
  return pieces.map(({ start, end }) => `subfile,,start,${start},end,${end},,:${name}`);
}

function spanOf(tracks: readonly (readonly SpooledRun[])[]): { originSec: number; durationSec: number } {
  const originSec = startSecOf(playableSegments(tracks[0]![0]!)[0]!);
  const ends = tracks.map((runs) => endSecOf(playableSegments(runs.at(-1)!).at(-1)!));
  return { originSec, durationSec: Math.max(...ends) - originSec };
}
