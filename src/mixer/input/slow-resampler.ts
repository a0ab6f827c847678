/** Sound a little faster or slower without a seam: what keeps a microphone's clock in step with ours. Pure. */

/** Input samples on each side of an output sample. */
const reach = 8;
/** A packet can be asked for this much before its first sample is: the end of the one before waits for it. */
export const resamplerAheadCount = reach + 2;
const tapCount = 2 * reach;
const phaseCount = 256;
/** Of the Kaiser window: images of speech stay below -80 dB. */
const kaiserBeta = 8;
/** Input kept from the packet before: what an output at the packet's start reaches back to, and what was still to be made. */
const historyCount = 3 * reach;

export interface Resampled {
  /** Number of the first sample on the output axis. */
  readonly first: number;
  /** Interleaved stereo. */
  readonly samples: Float32Array;
}

/**
 * Band-limited interpolation (windowed sinc) at whole output samples. It looks `reach` samples ahead: the last ones of a
 * packet come out with the next.
 */
export class SlowResampler {
  #history = new Float32Array(2 * historyCount);
  #nextOutput = 0;

  /**
   * @param interleaved stereo, at least one sample.
   * @param position of its first sample on the output axis; fractions count.
   * @param ratio output samples per input sample, near 1.
   * @param isContinuous it follows the last piece; else it begins anew.
   */
  resample(interleaved: Float32Array, position: number, ratio: number, isContinuous: boolean): Resampled {
    if (!isContinuous) this.#begin(interleaved, position);
    const inputCount = interleaved.length / 2;
    const input = new Float32Array(this.#history.length + interleaved.length);
    input.set(this.#history);
    input.set(interleaved, this.#history.length);
    this.#history = input.slice(input.length - 2 * historyCount);
    // The last output whose reach ends within the input.
    const end = Math.max(this.#nextOutput, Math.ceil(position + (inputCount - reach) * ratio));
    const first = this.#nextOutput;
    const samples = new Float32Array(2 * (end - first));
    for (let output = first; output < end; output++) {
      const at = Math.max(0, historyCount + (output - position) / ratio - (reach - 1));
      interpolate(input, at, samples, output - first);
    }
    this.#nextOutput = end;
    return { first, samples };
  }

  #begin(interleaved: Float32Array, position: number): void {
    this.#nextOutput = Math.ceil(position);
    // As if it had always stood at its first value: a jump from zero would ring.
    for (let at = 0; at < this.#history.length; at++) this.#history[at] = interleaved[at % 2]!;
  }
}

/** One output from the taps that begin at `at` (in samples; fractions choose the phase). */
function interpolate(input: Float32Array, at: number, output: Float32Array, index: number): void {
  const start = Math.min(Math.floor(at), input.length / 2 - tapCount);
  const phase = Math.min(1, at - start) * phaseCount;
  const row = Math.min(phaseCount - 1, Math.floor(phase));
  const weight = phase - row;
  let left = 0;
  let right = 0;
  for (let tap = 0; tap < tapCount; tap++) {
    const lower = kernel[row * tapCount + tap]!;
    const coefficient = lower + (kernel[(row + 1) * tapCount + tap]! - lower) * weight;
    left += input[2 * (start + tap)]! * coefficient;
    right += input[2 * (start + tap) + 1]! * coefficient;
  }
  output[2 * index] = left;
  output[2 * index + 1] = right;
}

/** Coefficients by phase and tap; one phase more than counted, so that neighbours can be mixed. */
const kernel = makeKernel();

function makeKernel(): Float32Array {
  const table = new Float32Array((phaseCount + 1) * tapCount);
  for (let phase = 0; phase <= phaseCount; phase++) {
    const row = table.subarray(phase * tapCount, (phase + 1) * tapCount);
    for (let tap = 0; tap < tapCount; tap++) row[tap] = windowedSinc(tap - (reach - 1) - phase / phaseCount);
    const sum = row.reduce((total, value) => total + value, 0);
    // Silence and steady levels pass exactly.
    for (let tap = 0; tap < tapCount; tap++) row[tap] = row[tap]! / sum;
  }
  return table;
}

function windowedSinc(x: number): number {
  if (Math.abs(x) >= reach) return 0;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  return (sinc * bessel(kaiserBeta * Math.sqrt(1 - (x / reach) ** 2))) / bessel(kaiserBeta);
}

/** Modified Bessel function of the first kind, order 0. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let n = 1; n < 32; n++) {
    term *= (x / (2 * n)) ** 2;
    sum += term;
  }
  return sum;
}
