/** The slow hand on one person's fader: brings whoever speaks to a common loudness and rests in their pauses. Pure. */
import { audioTimescaleHz } from '../../media/timebase.ts';
import { dbToRatio } from './gain.ts';
import { LoudnessMeter } from './loudness-meter.ts';

/** Loudness that everybody's speech is brought to. */
export const sourceTargetLufs = -20;
/**
 * Furthest the fader goes. Wider than a browser's own gain control needs (6 dB): encoders and microphones without one
 * speak at -36 to -10 LUFS, and the program promises -18 +-2 for them too.
 */
export const levelRangeDb = { min: -12, max: 16 } as const;
/** Quieter than this is a room, a fan, somebody breathing: never a reason to move the fader. */
export const silenceGateLufs = -42;
/** Sound this far below somebody's own speech is not their speech. */
const ownSpeechGateLu = -12;
/** Somebody who moved away from the microphone is found again: their speech is looked for this much lower per second. */
const speechMemoryFadeDbPerSec = 0.5;

interface FaderSpeed {
  readonly upDbPerSec: number;
  readonly downDbPerSec: number;
  /** The fader would arrive in this time, were it not for its greatest speeds. */
  readonly settleSec: number;
}
/** Too slow to be heard as a movement. */
const steadySpeed: FaderSpeed = { upDbPerSec: 1, downDbPerSec: 3, settleSec: 3 };
/** For the first seconds of somebody's speech: nobody knows yet how loud they are, and 16 s of a whisper are lost. */
const firstWordsSpeed: FaderSpeed = { upDbPerSec: 6, downDbPerSec: 12, settleSec: 0.5 };
export const firstWordsSec = 3;
const stepSec = 0.1;

/** Gain over one span, linear in amplitude. */
export interface LevelRamp {
  readonly gainFrom: number;
  readonly gainTo: number;
}

export class SourceLeveller {
  readonly #meter = new LoudnessMeter();
  #levelDb = 0;
  #gain = 1;
  #wantedDb = 0;
  /** Loudness of this person's speech as last heard; -Infinity before the first word. */
  #speechLufs = -Infinity;
  #isAudible = false;
  #isSpeaking = false;
  #spokenSec = 0;

  /** True while the newest 100 ms are as loud as this person's speech; false in pauses. Known within 100 ms. */
  get isAudible(): boolean {
    return this.#isAudible;
  }

  /** Hears the next span as it came from the source (interleaved stereo) and moves the fader. @returns its gain. */
  next(samples: Float32Array): LevelRamp {
    for (let stepCount = this.#meter.push(samples); stepCount > 0; stepCount--) this.#listen();
    if (this.#isSpeaking) this.#move(samples.length / 2 / audioTimescaleHz);
    const ramp = { gainFrom: this.#gain, gainTo: dbToRatio(this.#levelDb) };
    this.#gain = ramp.gainTo;
    return ramp;
  }

  #listen(): void {
    const { stepLufs, momentaryLufs } = this.#meter;
    const gateLufs = Math.max(silenceGateLufs, this.#speechLufs + ownSpeechGateLu);
    this.#isAudible = stepLufs > gateLufs;
    this.#isSpeaking = momentaryLufs > gateLufs;
    if (this.#isSpeaking) {
      this.#spokenSec += stepSec;
      this.#speechLufs = this.#meter.shortTermLufs(gateLufs);
      const { min, max } = levelRangeDb;
      this.#wantedDb = Math.max(min, Math.min(max, sourceTargetLufs - this.#speechLufs));
    } else if (momentaryLufs > silenceGateLufs) {
      this.#speechLufs -= speechMemoryFadeDbPerSec * stepSec;
    }
  }

  #move(spanSec: number): void {
    const speed = this.#spokenSec < firstWordsSec ? firstWordsSpeed : steadySpeed;
    const missingDb = this.#wantedDb - this.#levelDb;
    const dbPerSec = Math.max(-speed.downDbPerSec, Math.min(speed.upDbPerSec, missingDb / speed.settleSec));
    this.#levelDb += dbPerSec * spanSec;
  }
}
