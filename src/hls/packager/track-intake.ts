/** One rendition in one run: checks that fragments continue the timeline, queues their samples, hands out parts. */
import {
  beginsWithIdr,
  type Fragment,
  type InitSegment,
  isSyncSample,
  parseFragment,
  type Sample,
} from '../../media/fmp4/index.ts';
import { aacFrameSampleCount, secToTicks } from '../../media/timebase.ts';
import { hlsError } from '../errors.ts';
import { type ProgramTiming } from './program-timing.ts';

export interface TrackPart {
  readonly startTicks: number;
  readonly durationTicks: number;
  readonly samples: readonly Sample[];
}

interface QueuedSample {
  readonly startTicks: number;
  readonly sample: Sample;
}

/** Queued media beyond this means that another rendition is dead; two target durations, far above any jitter. */
const maxQueuedTargetDurations = 2;

export class TrackIntake {
  readonly init: InitSegment;
  /** Decode time of the run's first sample. */
  readonly runStartTicks: number;
  readonly #timing: ProgramTiming;
  readonly #frameTicks: number;
  readonly #skippedFrameCount: number;
  readonly #queue: QueuedSample[] = [];
  #endTicks: number;

  /** @param skippedFrameCount video frames by which the run begins behind a segment boundary */
  constructor(init: InitSegment, timing: ProgramTiming, runStartSec: number, skippedFrameCount = 0) {
    this.init = init;
    this.#timing = timing;
    this.#skippedFrameCount = skippedFrameCount;
    this.#frameTicks = init.kind === 'video' ? timing.frameTicks : aacFrameSampleCount;
    this.runStartTicks = secToTicks(runStartSec, init.timescaleHz);
    this.#endTicks = this.runStartTicks;
  }

  /** End of everything received. */
  get endTicks(): number {
    return this.#endTicks;
  }

  /**
   * Takes one fragment, whole or not at all.
   * @throws HLS_TIMELINE_BROKEN, HLS_KEYFRAME_MISSING, HLS_RENDITION_STALLED, FMP4_* when the bytes make no sense
   */
  push(bytes: Uint8Array): void {
    const fragment = parseFragment(bytes, this.init);
    const accepted = this.#accept(fragment);
    const end = accepted.at(-1);
    if (end === undefined) return;
    const endTicks = end.startTicks + end.sample.durationTicks;
    const queuedTicks = endTicks - (this.#queue[0] ?? accepted[0]!).startTicks;
    if (queuedTicks > maxQueuedTargetDurations * this.#timing.targetDurationSec * this.init.timescaleHz) {
      throw hlsError('HLS_RENDITION_STALLED', { details: { queuedTicks } });
    }
    this.#queue.push(...accepted);
    this.#endTicks = endTicks;
  }

  /** Removes and returns what begins before `endTicks`; undefined when nothing does. */
  take(endTicks: number): TrackPart | undefined {
    let count = 0;
    while (count < this.#queue.length && this.#queue[count]!.startTicks < endTicks) count++;
    const taken = this.#queue.splice(0, count);
    if (taken.length === 0) return undefined;
    return {
      startTicks: taken[0]!.startTicks,
      durationTicks: taken.reduce((sum, { sample }) => sum + sample.durationTicks, 0),
      samples: taken.map(({ sample }) => sample),
    };
  }

  #accept(fragment: Fragment): QueuedSample[] {
    const accepted: QueuedSample[] = [];
    let startTicks = fragment.startTicks;
    let expectedTicks = this.#endTicks;
    for (const sample of fragment.samples) {
      const isPriming = this.init.kind === 'audio' && startTicks + sample.durationTicks <= this.runStartTicks;
      if (!isPriming) {
        this.#assertOnGrid(startTicks, expectedTicks, sample);
        accepted.push({ startTicks, sample });
        expectedTicks = startTicks + sample.durationTicks;
      }
      startTicks += sample.durationTicks;
    }
    return accepted;
  }

  #assertOnGrid(startTicks: number, expectedTicks: number, sample: Sample): void {
    const isWholeFrame = sample.durationTicks === this.#frameTicks;
    // The last AAC frame of a run may be short; nothing can follow it on the grid.
    const isShortAudio =
      this.init.kind === 'audio' && sample.durationTicks > 0 && sample.durationTicks < this.#frameTicks;
    const isOnGrid = (startTicks - this.runStartTicks) % this.#frameTicks === 0;
    if (startTicks !== expectedTicks || !isOnGrid || !(isWholeFrame || isShortAudio)) {
      throw hlsError('HLS_TIMELINE_BROKEN', {
        details: { startTicks, expectedTicks, durationTicks: sample.durationTicks, frameTicks: this.#frameTicks },
      });
    }
    if (this.init.kind === 'audio') return;
    const frameIndex = (startTicks - this.runStartTicks) / this.#frameTicks;
    const gridIndex = frameIndex + this.#skippedFrameCount;
    const isSegmentStart = frameIndex === 0 || gridIndex % this.#timing.segmentFrameCount === 0;
    if (isSegmentStart && !(isSyncSample(sample) && beginsWithIdr(sample.data, this.init.nalLengthBytes))) {
      throw hlsError('HLS_KEYFRAME_MISSING', { details: { startTicks, frameIndex } });
    }
  }
}
