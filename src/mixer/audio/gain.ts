/** Levels of the audio bus and the click-free steps between them. Pure. */
import { audioTimescaleHz } from '../../media/timebase.ts';

/** Ratio of amplitudes for a level in dB. */
export function dbToRatio(db: number): number {
  return 10 ** (db / 20);
}

/** Length of every fade on mute, unmute, join and leave: 10 ms, short enough to feel instant, long enough not to click. */
export const gainRampSampleCount = (audioTimescaleHz * 10) / 1000;

/** Gain of one participant over the next span of samples. */
export interface GainRamp {
  readonly gainFrom: number;
  readonly gainTo: number;
  readonly rampSampleCount: number;
}

/** Follows one participant's microphone switch; every span starts where the last one ended. */
export class ParticipantGain {
  #gain = 0;
  #target = 0;

  set isOn(isOn: boolean) {
    this.#target = isOn ? 1 : 0;
  }

  get isOn(): boolean {
    return this.#target === 1;
  }

  /** True when nothing of this participant is to be heard, not even the end of a fade. */
  get isSilent(): boolean {
    return this.#gain === 0 && this.#target === 0;
  }

  /** The ramp for the next span of that many samples; a span shorter than a fade shortens it. */
  next(sampleCount: number): GainRamp {
    const rampSampleCount = Math.min(gainRampSampleCount, sampleCount);
    const ramp = { gainFrom: this.#gain, gainTo: this.#target, rampSampleCount };
    this.#gain = this.#target;
    return ramp;
  }
}
