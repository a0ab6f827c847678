/** The phases of an event on the time axis of its recording. Pure. */
import { type ProgramPhase } from './program-view.ts';
import { type TimedManifest, isInGap, toRecordingSec } from './recording-clock.ts';

export interface SettledSpan {
  readonly phase: ProgramPhase;
  /** Recording time. */
  readonly startSec: number;
  readonly endSec: number;
}

/** A mixer that is late draws the picture of a moment with what came shortly after it. */
const lateTickSec = 0.5;
export function settledSpansOf(phases: readonly ProgramPhase[], manifest: TimedManifest): SettledSpan[] {
  return phases.map((phase) => ({
    phase,
    startSec: toRecordingSec(manifest, phase.fromWallMs, 'endSec'),
    endSec: toRecordingSec(manifest, phase.toWallMs, 'startSec') - lateTickSec,
  }));
}

export function spanAt(
  spans: readonly SettledSpan[],
  manifest: TimedManifest,
  timeSec: number,
  lengthSec = 0,
): SettledSpan | undefined {
  if (isInGap(manifest, timeSec)) return undefined;
  return spans.find(({ startSec, endSec }) => timeSec >= startSec && timeSec + lengthSec <= endSec);
}

/** @returns problems: phases that the recording does not hold, or too little of it in phases */
export function judgeCoverage(spans: readonly SettledSpan[], durationSec: number, minCoverage: number): string[] {
  const problems = spans
    .filter(({ startSec, endSec }) => endSec - startSec < 1)
    .map(({ phase, startSec, endSec }) => `"${phase.what}" is ${(endSec - startSec).toFixed(1)} s of the recording`);
  const coverage = spans.reduce((sum, { startSec, endSec }) => sum + Math.max(0, endSec - startSec), 0) / durationSec;
  if (!(coverage >= minCoverage)) problems.push(`only ${(100 * coverage).toFixed(0)} % of the recording can be judged`);
  return problems;
}
