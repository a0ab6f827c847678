/** Lets a ladder in only when this machine can encode it live, and says what would fit when it cannot. */
import { availableParallelism, cpus } from 'node:os';
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { ladderText } from '../ladder/ladder.ts';
import { judge, minRealTimeRatio, smallerWork, type Verdict } from './capacity.ts';
import { type CostCache } from './cost-cache.ts';
import { admissionError } from './errors.ts';
import { type LadderCost, type LadderWork, measureLadder } from './measure-ladder.ts';

export interface LadderAdmissionOptions {
  readonly work: LadderWork;
  /** As FFmpeg tells it. */
  readonly ffmpegVersion: string;
  readonly cache: CostCache;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called before a measurement and during it, 0 to 1. */
  readonly onProgress?: (ratio: number) => void;
  /** This machine by default. */
  readonly machine?: { readonly cpuModel: string; readonly coreCount: number };
  /** The real encoder by default. */
  readonly measure?: (work: LadderWork, onProgress: (ratio: number) => void) => Promise<LadderCost>;
}

/** Cores that this process may use: what counts in a container. */
function thisMachine(): { cpuModel: string; coreCount: number } {
  return { cpuModel: cpus()[0]?.model ?? 'unknown', coreCount: availableParallelism() };
}

export class LadderAdmission {
  readonly #options: LadderAdmissionOptions;
  readonly #machine: { readonly cpuModel: string; readonly coreCount: number };
  #cost: LadderCost | undefined;

  constructor(options: LadderAdmissionOptions) {
    this.#options = options;
    this.#machine = options.machine ?? thisMachine();
  }

  /**
   * Measures unless the answer is known, and remembers it. A refusal is always measured anew: it may have been somebody
   * else's load.
   * @throws MIXER_LADDER_TOO_HEAVY with the figures and the nearest ladder that fits, MIXER_ADMISSION_FAILED
   */
  async admit(): Promise<Verdict> {
    const { work, logger } = this.#options;
    const known = this.#options.cache.get(this.#keyOf(work));
    let verdict = known && this.#judge(work, known);
    for (let tries = 0; verdict?.fits !== true && tries < maxTryCount; tries++) {
      const again = this.#judge(work, await this.#measured(work));
      verdict = verdict === undefined || again.fits ? again : better(verdict, again);
    }
    logger.info({ ...verdict, isRemembered: known !== undefined }, 'ladder judged');
    if (!verdict!.fits) throw await this.#refusal(verdict!);
    this.#cost = { encodeCores: verdict!.encodeCores, realTimeRatio: verdict!.realTimeRatio };
    return verdict!;
  }

  /**
   * @param liveCount programs that would be live, the new one included.
   * @throws MIXER_CAPACITY_EXHAUSTED when they need more than there is
   */
  assertRoomFor(liveCount: number): void {
    if (this.#cost === undefined || liveCount <= 1) return;
    const verdict = judge(this.#options.work.canvas, this.#cost, this.#machine.coreCount, liveCount);
    if (verdict.fits) return;
    throw admissionError('MIXER_CAPACITY_EXHAUSTED', { details: { ...rounded(verdict) } });
  }

  #judge(work: LadderWork, cost: LadderCost): Verdict {
    return judge(work.canvas, cost, this.#machine.coreCount);
  }

  async #measured(work: LadderWork): Promise<LadderCost> {
    const { cache, clock, logger, onProgress = () => undefined } = this.#options;
    const measure =
      this.#options.measure ?? ((given, report) => measureLadder({ ...given, clock, logger, onProgress: report }));
    onProgress(0);
    const cost = await measure(work, onProgress);
    cache.put(this.#keyOf(work), cost);
    return cost;
  }

  async #refusal(verdict: Verdict): Promise<Error> {
    const { work } = this.#options;
    const fitting = await this.#nearestFitting();
    const { neededCores, coreCount, encodeCores, realTimeRatio } = rounded(verdict);
    const message = [
      `This machine cannot be live with ${ladderText(work.ladder)} at ${work.canvas.frameRate}/s:`,
      `  encoding takes ${encodeCores} cores, with WebRTC and decoding ${neededCores} of ${coreCount};`,
      `  it encodes ${realTimeRatio} times as fast as real time, and ${minRealTimeRatio} is the least.`,
      ...(fitting === undefined ? ['No part of this ladder fits.'] : ['This fits:', ...settingsOf(fitting)]),
      'To start without this check: ROSTRUM_MIXER_ADMISSION=skip',
    ].join('\n');
    return admissionError('MIXER_LADDER_TOO_HEAVY', {
      message,
      details: { ...rounded(verdict), ladder: ladderText(work.ladder), fitting: fitting && ladderText(fitting.ladder) },
    });
  }

  async #nearestFitting(): Promise<LadderWork | undefined> {
    for (const work of smallerWork(this.#options.work)) {
      const cost = this.#options.cache.get(this.#keyOf(work)) ?? (await this.#measured(work));
      if (this.#judge(work, cost).fits) return work;
    }
    return undefined;
  }

  #keyOf({ canvas, ladder, audioBitsPerSec }: LadderWork): string {
    const { cpuModel, coreCount } = this.#machine;
    const size = `${canvas.width}x${canvas.height}@${canvas.frameRate}`;
    const parts = [cpuModel, coreCount, this.#options.ffmpegVersion, size, ladderText(ladder), audioBitsPerSec];
    return parts.join(' | ');
  }
}

/** One measurement, and one more before somebody is turned away. */
const maxTryCount = 2;

function better(one: Verdict, other: Verdict): Verdict {
  return other.neededCores <= one.neededCores ? other : one;
}

function settingsOf({ canvas, ladder }: LadderWork): string[] {
  return [
    `  ROSTRUM_MIXER_WIDTH=${canvas.width}`,
    `  ROSTRUM_MIXER_HEIGHT=${canvas.height}`,
    `  ROSTRUM_MIXER_LADDER=${ladderText(ladder)}`,
  ];
}

function rounded(verdict: Verdict) {
  const round = (value: number) => Math.round(value * 100) / 100;
  const { neededCores, encodeCores, realTimeRatio, coreCount, liveCount } = verdict;
  return {
    neededCores: round(neededCores),
    encodeCores: round(encodeCores),
    realTimeRatio: round(realTimeRatio),
    coreCount,
    liveCount,
  };
}
