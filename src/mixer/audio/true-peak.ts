/** Peaks between the samples: the 4-times oversampling estimate of ITU-R BS.1770-4 annex 2. Pure. */

/** Phases 0 and 1 of the annex's table; 3 and 2 are the same the other way round. */
const phaseZero = [
  0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875, 0.1373291015625, 0.97216796875,
  -0.102294921875, 0.047607421875, -0.026611328125, 0.014892578125, -0.00830078125,
];
const phaseOne = [
  -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625, 0.77978515625,
  -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
];
const phases = [phaseZero, phaseOne, phaseOne.toReversed(), phaseZero.toReversed()].map((taps) =>
  Float64Array.from(taps),
);
/** Samples that one estimate looks at: the newest and this many less one before it. */
export const truePeakTapCount = 12;
/** The two samples that an estimate lies between are this many and one less back. */
const middleTap = truePeakTapCount / 2;
/** No estimate is above this many times the highest sample it looks at. */
const largestGain = Math.max(...phases.map((taps) => taps.reduce((sum, tap) => sum + Math.abs(tap), 0)));
const stretchSampleCount = 32;

/**
 * Calls back for each sample at which the estimate, over both channels, exceeds `limit`, in order.
 * @param samples interleaved stereo; the first `truePeakTapCount` - 1 samples at least lie before `fromSample`.
 * @param onPeak gets the newest sample's number and the estimate (> limit) of what lies `middleTap` samples before it.
 */
export function findTruePeaks(
  samples: Float32Array,
  fromSample: number,
  toSample: number,
  limit: number,
  onPeak: (sample: number, peak: number) => void,
): void {
  for (let from = fromSample; from < toSample; from += stretchSampleCount) {
    const to = Math.min(toSample, from + stretchSampleCount);
    if (highestOf(samples, from - truePeakTapCount + 1, to) * largestGain <= limit) continue;
    for (let sample = from; sample < to; sample++) {
      const peak = Math.max(truePeakAt(samples, 2 * sample), truePeakAt(samples, 2 * sample + 1));
      if (peak > limit) onPeak(sample, peak);
    }
  }
}

function highestOf(samples: Float32Array, fromSample: number, toSample: number): number {
  let highest = 0;
  for (let index = 2 * fromSample; index < 2 * toSample; index++) {
    const height = Math.abs(samples[index]!);
    if (height > highest) highest = height;
  }
  return highest;
}

/** Of one channel, whose newest sample is at `newest`; its samples are two apart. */
function truePeakAt(samples: Float32Array, newest: number): number {
  let peak = Math.abs(samples[newest - 2 * middleTap]!);
  for (const taps of phases) {
    let sum = 0;
    for (let tap = 0; tap < truePeakTapCount; tap++) sum += taps[tap]! * samples[newest - 2 * tap]!;
    const height = Math.abs(sum);
    if (height > peak) peak = height;
  }
  return peak;
}
