/** How far a viewer can go back, and the words and moments that belong to it. Times on the player's clock, s. Pure. */
import { formatClock } from '../lib/format.ts';

export interface SeekRange {
  readonly startSec: number;
  /** Where live playback is. */
  readonly liveSec: number;
}

/** Something to go to: who began to speak, which slide came up. */
export interface SeekMark {
  readonly timeSec: number;
  readonly label: string;
}

export interface SeekView extends SeekRange {
  readonly positionSec: number;
  /** The viewer went back on purpose. */
  readonly isShifted: boolean;
  readonly marks: readonly SeekMark[];
  /** Changes with the player. */
  readonly playerNumber: number;
}

/** Less is not worth a bar: a live playlist without DVR lists half a minute. */
const minRangeSec = 60;
/** Nearer to live than this is live. */
export const liveToleranceSec = 5;
/** The oldest segment may leave while it is asked for. */
const startMarginSec = 4;

export function hasSeekBar(range: SeekRange | undefined): range is SeekRange {
  return range !== undefined && range.liveSec - range.startSec >= minRangeSec;
}

/** Where a wish leads: somewhere that can be played, or to live. */
export function seekTarget({ startSec, liveSec }: SeekRange, wantedSec: number): number | 'live' {
  if (wantedSec > liveSec - liveToleranceSec) return 'live';
  return Math.max(wantedSec, startSec + Math.min(startMarginSec, (liveSec - startSec) / 2));
}

/** `-12:34`, or `Live`. */
export function behindText({ liveSec, positionSec, isShifted }: SeekView): string {
  return isShifted ? `-${formatClock(liveSec - positionSec)}` : 'Live';
}

/** As a screen reader says it. */
export function behindWords({ liveSec, positionSec, isShifted }: SeekView): string {
  if (!isShifted) return 'Live';
  const behindSec = Math.max(0, Math.round(liveSec - positionSec));
  const counted = (count: number, unit: string) => (count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`]);
  const [hours, minutes, seconds] = [Math.floor(behindSec / 3600), Math.floor(behindSec / 60) % 60, behindSec % 60];
  const words = [...counted(hours, 'hour'), ...counted(minutes, 'minute'), ...counted(seconds, 'second')];
  return `${words.join(' ') || '0 seconds'} behind live`;
}

/** The next moment in that direction; going back from shortly behind one leads to the one before it. */
export function neighbourMark({ marks, positionSec }: SeekView, direction: -1 | 1): SeekMark | undefined {
  const toleranceSec = 3;
  return direction < 0
    ? marks.findLast(({ timeSec }) => timeSec < positionSec - toleranceSec)
    : marks.find(({ timeSec }) => timeSec > positionSec + 0.5);
}

/** As many as can be told apart on the bar; of several that are close the first. */
export function spacedMarks({ startSec, liveSec, marks }: SeekView): readonly SeekMark[] {
  const minGapSec = (liveSec - startSec) / 150;
  let lastSec = -Infinity;
  return marks.filter(({ timeSec }) => {
    if (timeSec - lastSec < minGapSec) return false;
    lastSec = timeSec;
    return true;
  });
}
