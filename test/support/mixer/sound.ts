/** Sound made in code, as functions of the sample number at 48 kHz, and what is measured in it. */
import { toneLevelDb } from './judge.ts';

/** One channel, 1 is full scale. */
export type Voice = (sampleIndex: number) => number;

const sampleRateHz = 48_000;

export function sine(hz: number, amplitude: number): Voice {
  return (index) => amplitude * Math.sin((2 * Math.PI * hz * index) / sampleRateHz);
}

/** A sine of that peak in dBFS. */
export function sineDb(hz: number, peakDb: number): Voice {
  return sine(hz, 10 ** (peakDb / 20));
}

/**
 * Noise with the spectrum, the syllables and the pauses of speech: four syllables per second, 0.4 s of rest every 2 s.
 * The same on every call.
 * @param rmsDb over the syllables and rests together, dBFS.
 */
export function speechLike(rmsDb: number, seed = 1): Voice {
  const periodSampleCount = 2 * sampleRateHz;
  const period = new Float64Array(periodSampleCount);
  let state = seed;
  let [low, lower] = [0, 0];
  for (let index = 0; index < periodSampleCount; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const noise = state / 2 ** 31 - 1;
    // 120 Hz to 800 Hz, falling above.
    low += 0.1 * (noise - low);
    lower += 0.015 * (low - lower);
    const atSec = index / sampleRateHz;
    const syllable = atSec % 2 > 1.6 ? 0 : Math.sin(Math.PI * ((atSec * 4) % 1)) ** 2;
    period[index] = (low - lower) * syllable;
  }
  const power = period.reduce((sum, sample) => sum + sample * sample, 0) / periodSampleCount;
  const gain = 10 ** (rmsDb / 20) / Math.sqrt(power);
  return (index) => gain * period[((index % periodSampleCount) + periodSampleCount) % periodSampleCount]!;
}

/** Interleaved stereo, both channels alike. */
export function stereo(voice: Voice, sampleCount: number, firstSample = 0): Float32Array {
  const samples = new Float32Array(2 * sampleCount);
  for (let index = 0; index < sampleCount; index++) {
    samples[2 * index] = samples[2 * index + 1] = voice(firstSample + index);
  }
  return samples;
}

/** One frame of a sine that goes on from frame to frame, 12 dB below full scale, as the encoder takes it: interleaved s16le. */
export function pcmTone(hz: number, frameIndex: number, frameRate: number): Uint8Array {
  const sampleCount = sampleRateHz / frameRate;
  const samples = stereo(sine(hz, 8000), sampleCount, frameIndex * sampleCount);
  return new Uint8Array(Int16Array.from(samples).buffer);
}

/** Everything in `samples` (one channel) that is not that tone, relative to it, in dB. */
export function distortionDb(samples: Float32Array, toneHz: number): number {
  const tonePower = 10 ** (toneLevelDb(samples, toneHz) / 10) / 2;
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return 10 * Math.log10(Math.max(1e-15, power - tonePower) / tonePower);
}

/** One of the two channels. */
export function channelOf(interleaved: ArrayLike<number>, channel: 0 | 1): Float32Array {
  return Float32Array.from({ length: interleaved.length / 2 }, (_, index) => interleaved[2 * index + channel]!);
}
