/** Geometry of the speaker bar under a recording: who spoke when, as shares of the duration. Pure. */
import { type RecordingDetail } from './recording-model.ts';

export interface TimelineBlock {
  /** Shares of the whole duration, 0..1. */
  readonly startRatio: number;
  readonly widthRatio: number;
  readonly startSec: number;
  readonly endSec: number;
}

export interface TimelineLane {
  readonly participantId: string;
  readonly displayName: string;
  readonly spokenSec: number;
  readonly blocks: readonly TimelineBlock[];
}

/** One lane per participant who spoke, most talkative first; blocks outside the recording are cut to it. */
export function buildTimeline(
  detail: Pick<RecordingDetail, 'participants' | 'speakers'>,
  durationSec: number,
): readonly TimelineLane[] {
  if (!(durationSec > 0)) return [];
  const names = new Map(detail.participants.map(({ participantId, displayName }) => [participantId, displayName]));
  const lanes = new Map<string, TimelineBlock[]>();
  for (const { participantId, startSec, endSec } of detail.speakers) {
    const block = toBlock(startSec, endSec, durationSec);
    if (block === undefined) continue;
    const blocks = lanes.get(participantId) ?? [];
    blocks.push(block);
    lanes.set(participantId, blocks);
  }
  return [...lanes]
    .map(([participantId, blocks]) => ({
      participantId,
      displayName: names.get(participantId) ?? participantId,
      spokenSec: blocks.reduce((sumSec, { startSec, endSec }) => sumSec + endSec - startSec, 0),
      blocks,
    }))
    .sort((a, b) => b.spokenSec - a.spokenSec);
}

export function toBlock(startSec: number, endSec: number, durationSec: number): TimelineBlock | undefined {
  const [from, to] = [Math.max(0, startSec), Math.min(durationSec, endSec)];
  if (!(to > from)) return undefined;
  return { startRatio: from / durationSec, widthRatio: (to - from) / durationSec, startSec: from, endSec: to };
}
