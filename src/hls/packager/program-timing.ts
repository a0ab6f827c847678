/** Every duration of a program, fixed from its configuration for its whole life (rfc8216bis §6.2.1; rules 7 and 25). */
import { aacFrameSampleCount, audioTimescaleHz, videoTimescaleHz } from '../../media/timebase.ts';
import { type LatencyProfileName, latencyProfiles } from './latency-profile.ts';

export interface ProgramTiming {
  /** Ticks of one video frame at 90 kHz. */
  readonly frameTicks: number;
  readonly segmentFrameCount: number;
  readonly partFrameCount: number;
  /** Parts of a segment that was not closed early. */
  readonly partsPerSegment: number;
  /** Exact media time of one segment; runs start at multiples of it, the first one half of it later. */
  readonly segmentSec: number;
  readonly targetDurationSec: number;
  readonly arePartsListed: boolean;
  readonly partTargetSec: number;
  readonly partHoldBackSec: number;
  readonly holdBackSec: number;
  readonly canSkipUntilSec: number;
}

const wantedSegmentSec = 2;

/** @param frameRate frames per second, above 0; 30000/1001 and the like come out exact. */
export function programTiming(latency: LatencyProfileName, frameRate: number): ProgramTiming {
  const profile = latencyProfiles[latency];
  const frameTicks = Math.round(videoTimescaleHz / frameRate);
  const segmentFrameCount = Math.round(wantedSegmentSec * frameRate);
  const partFrameCount = Math.max(1, Math.round((profile.partFrameCountAt30Fps * frameRate) / 30));
  const segmentSec = (segmentFrameCount * frameTicks) / videoTimescaleHz;
  const targetDurationSec = Math.max(1, Math.round(segmentSec));
  const partTargetMs = partTargetMsOf((partFrameCount * frameTicks) / videoTimescaleHz);
  return {
    frameTicks,
    segmentFrameCount,
    partFrameCount,
    partsPerSegment: Math.ceil(segmentFrameCount / partFrameCount),
    segmentSec,
    targetDurationSec,
    arePartsListed: profile.arePartsListed,
    partTargetSec: partTargetMs / 1000,
    partHoldBackSec: (3 * partTargetMs) / 1000,
    holdBackSec: 3 * targetDurationSec,
    canSkipUntilSec: 6 * targetDurationSec,
  };
}

/**
 * The longest part of any rendition, up to the next whole ms: audio parts end at the AAC frame nearest the
 * video cut, so they may be one frame fraction longer than the video part (rule 29).
 */
function partTargetMsOf(videoPartSec: number): number {
  const longestAudioPartSec =
    (Math.ceil((videoPartSec * audioTimescaleHz) / aacFrameSampleCount) * aacFrameSampleCount) / audioTimescaleHz;
  return Math.ceil(1000 * Math.max(videoPartSec, longestAudioPartSec));
}
