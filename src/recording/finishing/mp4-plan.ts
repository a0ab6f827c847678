/** Which runs go into which MP4 file: runs with equal initialization segments share one. Pure. */
import { runFileName } from '../spool/spool-layout.ts';
import { type SpooledRun, type SpoolState } from '../spool/spool-state.ts';
import { endSecOf, type RecordingTimeline, startSecOf } from './timeline.ts';

export interface Mp4Plan {
  readonly name: string;
  /** File names per track, video first. */
  readonly tracks: readonly (readonly string[])[];
  /** Media time of its first sample of the leading track, seconds. */
  readonly originSec: number;
  readonly durationSec: number;
}

export function planMp4Files(state: SpoolState, timeline: RecordingTimeline): Mp4Plan[] {
  const trackIds = [timeline.primaryVideoId, timeline.primaryAudioId].filter((id) => id !== undefined);
  const runsByTrack = trackIds.map((renditionId) => ({
    renditionId,
    runs: (state.renditions.get(renditionId)?.runs ?? []).filter((run) => run.segments.length > 0),
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
      tracks: tracks.map(({ renditionId, runs }) => runs.map((run) => runFileName(renditionId, run.runIndex))),
      ...spanOf(tracks.map(({ runs }) => runs)),
    };
  });
}

function spanOf(tracks: readonly (readonly SpooledRun[])[]): { originSec: number; durationSec: number } {
  const originSec = startSecOf(tracks[0]![0]!.segments[0]!);
  const ends = tracks.map((runs) => endSecOf(runs.at(-1)!.segments.at(-1)!));
  return { originSec, durationSec: Math.max(...ends) - originSec };
}
