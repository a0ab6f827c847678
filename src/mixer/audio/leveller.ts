/** The slow hand on a fader: brings speech to a wanted loudness and rests in its pauses. Pure. */
import { audioTimescaleHz } from '../../media/timebase.ts';
import { dbToRatio } from './gain.ts';
import { LoudnessMeter } from './loudness-meter.ts';

interface FaderSpeed {
  readonly upDbPerSec: number;
  readonly downDbPerSec: number;
  /** The fader would arrive in this time, were it not for its greatest speeds. */
  readonly settleSec: number;
}

export interface LevellerSettings {
  readonly targetLufs: number;
  /** Furthest the fader goes. */
  readonly rangeDb: { readonly min: number; readonly max: number };
  readonly speed: FaderSpeed;
  /** For the first `firstWordsSec` of speech. */
  readonly firstWordsSpeed: FaderSpeed;
}

/** Quieter than this is a room, a fan, somebody breathing: never a reason to move a fader. */
export const silenceGateLufs = -42;
/** Sound this far below the speech heard before is not speech. */
const ownSpeechGateLu = -12;
/** Somebody who moved away from the microphone is found again: their speech is looked for this much lower per second. */
const speechMemoryFadeDbPerSec = 0.5;
export const firstWordsSec = 3;
const stepSec = 0.1;

/** Too slow to be heard as a movement. */
const steadySpeed: FaderSpeed = { upDbPerSec: 1, downDbPerSec: 3, settleSec: 3 };

/**
 * One microphone. The range is wider than a browser's own gain control needs (6 dB): encoders and microphones without
 * one speak at -36 to -10 LUFS, and the program promises -18 +-2 for them too.
 */
export const sourceLevelling: LevellerSettings = {
  targetLufs: -20,
  rangeDb: { min: -12, max: 16 },
  speed: steadySpeed,
  // Nobody knows yet how loud they are, and 16 s of a whisper would be lost.
  firstWordsSpeed: { upDbPerSec: 6, downDbPerSec: 12, settleSec: 0.5 },
};

/** So slow that what a source's own fader takes back within seconds is not taken back twice. */
const programSpeed: FaderSpeed = { upDbPerSec: 1, downDbPerSec: 1, settleSec: 6 };

/** The sum: several who talk at once for long are louder than -18 +-2 LUFS. Never lifts anything. */
export const programLevelling: LevellerSettings = {
  targetLufs: -17,
  rangeDb: { min: -9, max: 0 },
  speed: programSpeed,
  firstWordsSpeed: programSpeed,
};

/** Gain over one span, linear in amplitude. */
export interface LevelRamp {
  readonly gainFrom: number;
  readonly gainTo: number;
}

export class Leveller {
  readonly #settings: LevellerSettings;
  readonly #meter = new LoudnessMeter();
  #levelDb = 0;
  #gain = 1;
  #wantedDb = 0;
  /** Loudness of the speech as last heard; -Infinity before the first word. */
  #speechLufs = -Infinity;
  #isAudible = false;
  #isSpeaking = false;
  #spokenSec = 0;

  constructor(settings: LevellerSettings) {
    this.#settings = settings;
  }

  /** True while the newest 100 ms are as loud as speech was here; false in pauses. Known within 100 ms. */
  get isAudible(): boolean {
    return this.#isAudible;
  }

  /** Hears the next span as it came (interleaved stereo) and moves the fader. @returns its gain over that span. */
  next(samples: Float32Array): LevelRamp {
    for (let stepCount = this.#meter.push(samples); stepCount > 0; stepCount--) this.#listen();
    if (this.#isSpeaking) this.#move(samples.length / 2 / audioTimescaleHz);
    const ramp = { gainFrom: this.#gain, gainTo: dbToRatio(this.#levelDb) };
    this.#gain = ramp.gainTo;
    return ramp;
  }

  #listen(): void {
    const { targetLufs, rangeDb } = this.#settings;
    const { stepLufs, momentaryLufs } = this.#meter;
    const gateLufs = Math.max(silenceGateLufs, this.#speechLufs + ownSpeechGateLu);
    this.#isAudible = stepLufs > gateLufs;
    this.#isSpeaking = momentaryLufs > gateLufs;
    if (this.#isSpeaking) {
      this.#spokenSec += stepSec;
      this.#speechLufs = this.#meter.shortTermLufs(gateLufs);
      this.#wantedDb = Math.max(rangeDb.min, Math.min(rangeDb.max, targetLufs - this.#speechLufs));
    } else if (momentaryLufs > silenceGateLufs) {
      this.#speechLufs -= speechMemoryFadeDbPerSec * stepSec;
    }
  }

  #move(spanSec: number): void {
    const { speed, firstWordsSpeed } = this.#settings;
    const { upDbPerSec, downDbPerSec, settleSec } = this.#spokenSec < firstWordsSec ? firstWordsSpeed : speed;
    const missingDb = this.#wantedDb - this.#levelDb;
    this.#levelDb += Math.max(-downDbPerSec, Math.min(upDbPerSec, missingDb / settleSec)) * spanSec;
  }
}
