/** Checks what a program is made of, before it exists and as its inits arrive. Pure. */
import { idPattern } from '../../core/ids.ts';
import { type InitSegment } from '../../media/fmp4/index.ts';
import { audioTimescaleHz, videoTimescaleHz } from '../../media/timebase.ts';
import { hlsError } from '../errors.ts';
import { type CaptionRenditionSpec, type ProgramRun, type RenditionSpec } from '../ports.ts';

/** Ids stand in paths; all renditions share one frame grid. @throws HLS_PROGRAM_INVALID */
export function assertProgramSpec(spec: {
  readonly webinarId: string;
  readonly sessionId: string;
  readonly renditions: readonly RenditionSpec[];
  readonly captions?: readonly CaptionRenditionSpec[];
}): void {
  const renditionIds = [...spec.renditions, ...(spec.captions ?? [])].map(({ renditionId }) => renditionId);
  const badIds = [spec.webinarId, spec.sessionId, ...renditionIds].filter((id) => !idPattern.test(id));
  const videos = spec.renditions.filter(({ kind }) => kind === 'video');
  const frameRates = new Set(videos.map(({ video }) => video?.frameRate));
  const isDescribed = spec.renditions.every(({ kind, video, audio }) =>
    kind === 'video' ? video !== undefined && video.frameRate > 0 : audio !== undefined && audio.channels > 0,
  );
  const isUnique = new Set(renditionIds).size === renditionIds.length;
  if (badIds.length > 0 || !isUnique || !isDescribed || videos.length === 0 || frameRates.size !== 1) {
    throw hlsError('HLS_PROGRAM_INVALID', { details: { renditionIds, badIds, frameRates: [...frameRates] } });
  }
}

/** The renditions that a run carries. @throws HLS_RUN_INVALID when one is unknown or a kind would be missing entirely */
export function carriedRenditions(renditions: readonly RenditionSpec[], run: ProgramRun): readonly RenditionSpec[] {
  const { renditionIds, runIndex } = run;
  if (renditionIds === undefined) return renditions;
  const carried = renditions.filter(({ renditionId }) => renditionIds.includes(renditionId));
  const hasEachKind = renditions.every(({ kind }) => carried.some((rendition) => rendition.kind === kind));
  if (carried.length !== new Set(renditionIds).size || !hasEachKind) {
    throw hlsError('HLS_RUN_INVALID', { details: { runIndex, renditionIds } });
  }
  return carried;
}

/** What the playlists announce must be what the bytes are (rule 52). @throws HLS_INIT_MISMATCH */
export function assertInitMatches(spec: RenditionSpec, init: InitSegment): void {
  const isMatch =
    init.kind === 'video'
      ? spec.kind === 'video' &&
        init.timescaleHz === videoTimescaleHz &&
        init.width === spec.video?.width &&
        init.height === spec.video.height
      : spec.kind === 'audio' && init.timescaleHz === audioTimescaleHz;
  if (!isMatch) throw hlsError('HLS_INIT_MISMATCH', { details: { renditionId: spec.renditionId, init } });
}
