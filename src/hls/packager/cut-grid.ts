/** Where parts and segments end: one grid of video frames for all renditions of a run (rules 37 and 56). Pure. */
import { aacFrameSampleCount, audioTimescaleHz, videoTimescaleHz } from '../../media/timebase.ts';
import { type ProgramTiming } from './program-timing.ts';

export interface Cut {
  /** 0 is the first part of its segment. */
  readonly partIndex: number;
  readonly isSegmentEnd: boolean;
  /** Video frames between the run's start and the end of the part. */
  readonly endFrameCount: number;
}

/**
 * @param runCutIndex counts the parts of the run from 0.
 * @param skippedFrameCount frames by which the run begins behind a segment boundary: its first segment is so much shorter.
 */
export function cutAt(timing: ProgramTiming, runCutIndex: number, skippedFrameCount = 0): Cut {
  const firstFrameCount = timing.segmentFrameCount - skippedFrameCount;
  const firstPartCount = Math.ceil(firstFrameCount / timing.partFrameCount);
  if (runCutIndex < firstPartCount) return cutInSegment(timing, runCutIndex, 0, firstFrameCount);
  const laterIndex = runCutIndex - firstPartCount;
  const segmentIndex = Math.floor(laterIndex / timing.partsPerSegment);
  const startFrameCount = firstFrameCount + segmentIndex * timing.segmentFrameCount;
  return cutInSegment(timing, laterIndex % timing.partsPerSegment, startFrameCount, timing.segmentFrameCount);
}

function cutInSegment(timing: ProgramTiming, partIndex: number, startFrameCount: number, frameCount: number): Cut {
  const framesIntoSegment = Math.min((partIndex + 1) * timing.partFrameCount, frameCount);
  return {
    partIndex,
    isSegmentEnd: framesIntoSegment === frameCount,
    endFrameCount: startFrameCount + framesIntoSegment,
  };
}

/** Ticks between the run's start and the cut: exact for video, the nearest whole AAC frame for audio. */
export function cutTicks(timing: ProgramTiming, kind: 'video' | 'audio', endFrameCount: number): number {
  const videoTicks = endFrameCount * timing.frameTicks;
  if (kind === 'video') return videoTicks;
  const aacFrameCount = Math.round((videoTicks * audioTimescaleHz) / (videoTimescaleHz * aacFrameSampleCount));
  return aacFrameCount * aacFrameSampleCount;
}
