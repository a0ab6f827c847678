/** Loudness of the last 3 s of one source, after ITU-R BS.1770-4: 400 ms gating blocks every 100 ms. Pure. */
import { audioTimescaleHz } from '../../media/timebase.ts';
import { KWeighting } from './k-weighting.ts';

const stepSampleCount = audioTimescaleHz / 10;
/** A gating block: 400 ms, overlapping by 75 %. */
const stepsPerBlock = 4;
/** Short-term of EBU Tech 3341: the gating blocks that lie in 3 s. */
const shortTermBlockCount = 30 - stepsPerBlock + 1;
/** Blocks further below the mean of those above the absolute gate are pauses (BS.1770-4, LU). */
const relativeGateLu = -10;

/** LUFS of a mean square that is summed over the channels; -Infinity for silence. */
export function toLufs(meanSquare: number): number {
  return -0.691 + 10 * Math.log10(meanSquare);
}

function toMeanSquare(lufs: number): number {
  return 10 ** ((lufs + 0.691) / 10);
}

export class LoudnessMeter {
  readonly #weighting = new KWeighting();
  /** Mean squares of the newest steps, at most one block of them. */
  readonly #steps: number[] = [];
  /** Mean squares of the newest gating blocks. */
  readonly #blocks: number[] = [];
  #energy = 0;
  #sampleCount = 0;

  /** Takes the next samples (interleaved stereo). @returns how many steps of 100 ms were completed. */
  push(samples: Float32Array): number {
    const end = samples.length / 2;
    let completedCount = 0;
    for (let from = 0; from < end;) {
      const to = Math.min(end, from + stepSampleCount - this.#sampleCount);
      this.#energy += this.#weighting.energyOf(samples, from, to);
      this.#sampleCount += to - from;
      from = to;
      if (this.#sampleCount < stepSampleCount) break;
      this.#completeStep();
      completedCount++;
    }
    return completedCount;
  }

  /** Of the newest whole 100 ms, in LUFS; -Infinity before the first. */
  get stepLufs(): number {
    return toLufs(this.#steps.at(-1) ?? 0);
  }

  /** Of the newest 400 ms, in LUFS; -Infinity before there were that many. */
  get momentaryLufs(): number {
    return toLufs(this.#blocks.at(-1) ?? 0);
  }

  /** Of the last 3 s without what lies below the gates, in LUFS. @returns -Infinity when nothing lies above. */
  shortTermLufs(absoluteGateLufs: number): number {
    const loud = meanOfThoseAbove(this.#blocks, toMeanSquare(absoluteGateLufs));
    const relativeGate = loud * 10 ** (relativeGateLu / 10);
    return toLufs(meanOfThoseAbove(this.#blocks, Math.max(relativeGate, toMeanSquare(absoluteGateLufs))));
  }

  #completeStep(): void {
    this.#steps.push(this.#energy / stepSampleCount);
    this.#energy = 0;
    this.#sampleCount = 0;
    if (this.#steps.length > stepsPerBlock) this.#steps.shift();
    if (this.#steps.length < stepsPerBlock) return;
    this.#blocks.push(this.#steps.reduce((sum, step) => sum + step, 0) / stepsPerBlock);
    if (this.#blocks.length > shortTermBlockCount) this.#blocks.shift();
  }
}

function meanOfThoseAbove(blocks: readonly number[], gate: number): number {
  let sum = 0;
  let count = 0;
  for (const block of blocks) {
    if (block <= gate) continue;
    sum += block;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
