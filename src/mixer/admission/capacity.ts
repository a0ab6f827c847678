/** What one live program takes of a machine, and whether so many of them fit. Pure. */
import { type LadderCost, type LadderWork } from './measure-ladder.ts';

/** Room above what was measured: pictures that cost more than ours, and the machine's own moods. */
const encodeReserveRatio = 1.2;
/** Signaling, media workers, HTTP and the recorder's disk. */
const serverCores = 0.3;
/** RTP, clock and sound of a program, and per megapixel of canvas placing and cutting: with five tiles 0.38 core at 720p, measured. */
const programCores = 0.1;
const programCoresPerMegapixel = 0.1;
/** Decoding one camera in the layer that suits a small tile: 0.02 core measured, and waking up for it. */
const coresPerTile = 0.03;
/** What 720p for a large tile takes above that. */
const coresPerLargeTile = 0.04;
/** The most that a layout decodes at once: a grid of nine, however many are on stage. */
const fullGridTileCount = 9;
/** A spotlight and its four thumbnails. */
const usualTileCount = 5;
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

/**
 * One of the live programs may fill a grid; the others are taken to show five people.
 * @param liveCount programs that are live at once.
 */
export function judge(
  canvas: Pick<LadderWork['canvas'], 'width' | 'height'>,
  cost: LadderCost,
  coreCount: number,
  liveCount = 1,
): Verdict {
  const megapixels = (canvas.width * canvas.height) / 1e6;
  const perProgram = cost.encodeCores * encodeReserveRatio + programCores + programCoresPerMegapixel * megapixels;
  const fullGridCores = fullGridTileCount * coresPerTile;
  const usualTilesCores = usualTileCount * coresPerTile + coresPerLargeTile;
  const neededCores = serverCores + liveCount * perProgram + fullGridCores + (liveCount - 1) * usualTilesCores;
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
