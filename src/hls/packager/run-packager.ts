/** One encoder life: lets no rendition pass a cut before all have reached it, then cuts the part in all at once. */
import { type InitSegment } from '../../media/fmp4/index.ts';
import { secToTicks } from '../../media/timebase.ts';
import { hlsError } from '../errors.ts';
import { type ProgramRun, type RenditionSpec } from '../ports.ts';
import { cutAt, cutTicks } from './cut-grid.ts';
import { type ProgramTiming } from './program-timing.ts';
import { TrackIntake, type TrackPart } from './track-intake.ts';

/** The same part of every rendition that the run carries. */
export interface PartSet {
  readonly partIndex: number;
  readonly isSegmentEnd: boolean;
  /** One entry per rendition of the run. */
  readonly tracks: ReadonlyMap<string, TrackPart>;
}

export class RunPackager {
  readonly run: ProgramRun;
  readonly #timing: ProgramTiming;
  readonly #renditions: readonly RenditionSpec[];
  readonly #intakes = new Map<string, TrackIntake>();
  readonly #skippedFrameCount: number;
  #cutIndex = 0;

  /**
   * @param renditions those that the run carries
   * @param skippedFrameCount frames by which the first segment is shorter than the others
   */
  constructor(run: ProgramRun, timing: ProgramTiming, renditions: readonly RenditionSpec[], skippedFrameCount = 0) {
    this.#skippedFrameCount = skippedFrameCount;
    this.run = run;
    this.#timing = timing;
    this.#renditions = renditions;
  }

  carries(renditionId: string): boolean {
    return this.#renditions.some((rendition) => rendition.renditionId === renditionId);
  }

  /** True when every rendition has its init. */
  get isComplete(): boolean {
    return this.#intakes.size === this.#renditions.length;
  }

  /** @throws HLS_INIT_MISMATCH when the rendition has an init already */
  addInit(renditionId: string, init: InitSegment): void {
    if (this.#intakes.has(renditionId)) {
      throw hlsError('HLS_INIT_MISMATCH', {
        message: 'The run already has an initialization segment.',
        details: { renditionId },
      });
    }
    this.#intakes.set(renditionId, new TrackIntake(init, this.#timing, this.run.startTimeSec, this.#skippedFrameCount));
  }

  /** @returns the end of everything received of the rendition, in its ticks. @throws HLS_INIT_MISSING and what TrackIntake.push throws */
  push(renditionId: string, bytes: Uint8Array): number {
    const intake = this.#intakes.get(renditionId);
    if (intake === undefined) throw hlsError('HLS_INIT_MISSING', { details: { renditionId } });
    intake.push(bytes);
    return intake.endTicks;
  }

  /** The next part if every rendition has all of it. */
  takePart(): PartSet | undefined {
    if (!this.isComplete) return undefined;
    const cut = cutAt(this.#timing, this.#cutIndex, this.#skippedFrameCount);
    const isReached = this.#renditions.every(({ renditionId, kind }) => {
      const intake = this.#intakes.get(renditionId)!;
      return intake.endTicks >= intake.runStartTicks + cutTicks(this.#timing, kind, cut.endFrameCount);
    });
    return isReached ? this.#cut() : undefined;
  }

  /**
   * What is left when nothing more will come: a short part, if every rendition has some of it. Media that only one
   * rendition has is dropped, at most what one was ahead of the other.
   */
  takeRemainder(): PartSet | undefined {
    return this.isComplete ? this.#cut() : undefined;
  }

  /** Media time behind everything received, in seconds. */
  endSec(): number {
    const ends = [...this.#intakes.values()].map(({ endTicks, init }) => endTicks / init.timescaleHz);
    return Math.max(this.run.startTimeSec, ...ends);
  }

  /** Wall time of a media time of this run, ms since the Unix epoch, rounded (rule 22: from one anchor, never from the clock). */
  programDateTimeMs(startTicks: number, timescaleHz: number): number {
    const runStartTicks = secToTicks(this.run.startTimeSec, timescaleHz);
    return Math.round(this.run.frameZeroWallMs + ((startTicks - runStartTicks) * 1000) / timescaleHz);
  }

  init(renditionId: string): InitSegment {
    return this.#intakes.get(renditionId)!.init;
  }

  #cut(): PartSet | undefined {
    const { partIndex, isSegmentEnd, endFrameCount } = cutAt(this.#timing, this.#cutIndex, this.#skippedFrameCount);
    const tracks = new Map<string, TrackPart>();
    for (const { renditionId, kind } of this.#renditions) {
      const intake = this.#intakes.get(renditionId)!;
      const part = intake.take(intake.runStartTicks + cutTicks(this.#timing, kind, endFrameCount));
      if (part === undefined) return undefined;
      tracks.set(renditionId, part);
    }
    this.#cutIndex++;
    return { partIndex, isSegmentEnd, tracks };
  }
}
