/** K-weighting of ITU-R BS.1770-4 annex 1: how loud 48 kHz stereo is to an ear, as weighted energy. Pure. */

/** Second-order section; a0 is 1. */
interface Biquad {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** The head's shelf, tables 1 of the annex (48 kHz). */
const shelf: Biquad = {
  b0: 1.53512485958697,
  b1: -2.69169618940638,
  b2: 1.19839281085285,
  a1: -1.69065929318241,
  a2: 0.73248077421585,
};
/** The RLB high-pass, table 2. */
const highPass: Biquad = { b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621 };

/** Per channel: two sections of two values (transposed direct form II). */
const stateCount = 4;
/** Filter states closer than this are one: the two channels of a mono microphone after a stereo moment. */
const sameStateTolerance = 1e-9;

export class KWeighting {
  readonly #left = new Float64Array(stateCount);
  readonly #right = new Float64Array(stateCount);

  /**
   * Sum over both channels of the squared weighted samples from `fromSample` up to, not including, `toSample`.
   * @param samples interleaved stereo. Sound that is no number gives 0 and starts the filter afresh.
   */
  energyOf(samples: Float32Array, fromSample: number, toSample: number): number {
    const kind = kindOf(samples, fromSample, toSample);
    if (kind === 'silence') {
      // What rings on is far below any gate; values that small would only slow the filter down.
      this.#reset();
      return 0;
    }
    const isOneFilter = kind === 'mono' && this.#isSame();
    const left = energyOfChannel(this.#left, samples, 2 * fromSample, 2 * toSample);
    if (isOneFilter) this.#right.set(this.#left);
    const energy = isOneFilter
      ? 2 * left
      : left + energyOfChannel(this.#right, samples, 2 * fromSample + 1, 2 * toSample);
    if (Number.isFinite(energy)) return energy;
    this.#reset();
    return 0;
  }

  #isSame(): boolean {
    return this.#left.every((value, index) => Math.abs(value - this.#right[index]!) < sameStateTolerance);
  }

  #reset(): void {
    this.#left.fill(0);
    this.#right.fill(0);
  }
}

function kindOf(samples: Float32Array, fromSample: number, toSample: number): 'silence' | 'mono' | 'stereo' {
  let isSilent = true;
  for (let index = 2 * fromSample; index < 2 * toSample; index += 2) {
    const left = samples[index]!;
    if (left !== samples[index + 1]) return 'stereo';
    if (left !== 0) isSilent = false;
  }
  return isSilent ? 'silence' : 'mono';
}

/** Every second value from `from` on, below `to`. */
function energyOfChannel(state: Float64Array, samples: Float32Array, from: number, to: number): number {
  let [s1, s2, h1, h2] = [state[0]!, state[1]!, state[2]!, state[3]!];
  let energy = 0;
  for (let index = from; index < to; index += 2) {
    const sample = samples[index]!;
    const shelved = shelf.b0 * sample + s1;
    s1 = shelf.b1 * sample - shelf.a1 * shelved + s2;
    s2 = shelf.b2 * sample - shelf.a2 * shelved;
    const weighted = highPass.b0 * shelved + h1;
    h1 = highPass.b1 * shelved - highPass.a1 * weighted + h2;
    h2 = highPass.b2 * shelved - highPass.a2 * weighted;
    energy += weighted * weighted;
  }
  state[0] = s1;
  state[1] = s2;
  state[2] = h1;
  state[3] = h2;
  return energy;
}
