/** What one live program takes of a machine, and whether so many of them fit. Pure. */
import { type LadderCost, type LadderWork } from './measure-ladder.ts';

/** Room above what was measured: pictures that cost more than ours, and the machine's own moods. */
const encodeReserveRatio = 1.2;
/** Signaling, media workers, HTTP and the recorder's disk. */
const serverCores = 0.3;
/** Decoding, placing and mixing of five panelists, and cutting what comes out: measured 0.38 core at 720p. */
const programCores = 0.2;
const programCoresPerMegapixel = 0.2;
/** One program must leave this much of the time over, whatever the sum of CPU says: parts of it cannot be shared out. */
export const minRealTimeRatio = 1.25;

export interface Verdict {
  readonly fits: boolean;
  readonly neededCores: number;
  readonly coreCount: number;
  /** Cores for encoding alone, as measured. */
  readonly encodeCores: number;
  readonly realTimeRatio: number;
  readonly liveCount: number;
}

/** @param liveCount programs that are live at once. */
export function judge(
  canvas: Pick<LadderWork['canvas'], 'width' | 'height'>,
  cost: LadderCost,
  coreCount: number,
  liveCount = 1,
): Verdict {
  const megapixels = (canvas.width * canvas.height) / 1e6;
  const perProgram = cost.encodeCores * encodeReserveRatio + programCores + programCoresPerMegapixel * megapixels;
  const neededCores = serverCores + liveCount * perProgram;
  const fits = neededCores <= coreCount && cost.realTimeRatio >= minRealTimeRatio;
  return { fits, neededCores, coreCount, liveCount, ...cost };
}

/** The ladders to fall back on, nearest first: one rung less from the top each time, on a canvas no larger than needed. */
export function smallerWork(work: LadderWork): LadderWork[] {
  return work.ladder.slice(1).map((top, index) => {
    const canvas = top.height <= 720 ? { ...work.canvas, width: 1280, height: 720 } : work.canvas;
    return { ...work, canvas, ladder: work.ladder.slice(index + 1) };
  });
}
