/** From the wall clock to the time axis of a recording, by what its manifest says. Pure. */
import { type RecordingManifest } from '../../../src/recording/finishing/manifest.ts';

export type TimedManifest = Pick<RecordingManifest, 'durationSec' | 'mediaStartedAtMs' | 'gaps'>;

/**
 * Recording time, clamped to the recording.
 * @param inGap which edge of a gap a moment inside of it is
 */
export function toRecordingSec(manifest: TimedManifest, wallMs: number, inGap: 'startSec' | 'endSec'): number {
  const { mediaStartedAtMs = 0, durationSec } = manifest;
  let anchor = { wallMs: mediaStartedAtMs, sec: 0 };
  for (const gap of [...manifest.gaps].sort((a, b) => a.startAtMs - b.startAtMs)) {
    if (wallMs < gap.startAtMs) break;
    if (wallMs < gap.endAtMs) return gap[inGap];
    anchor = { wallMs: gap.endAtMs, sec: gap.endSec };
  }
  return Math.min(durationSec, Math.max(0, anchor.sec + (wallMs - anchor.wallMs) / 1000));
}

export function isInGap(manifest: TimedManifest, timeSec: number): boolean {
  return manifest.gaps.some(({ startSec, endSec }) => timeSec >= startSec && timeSec < endSec);
}
