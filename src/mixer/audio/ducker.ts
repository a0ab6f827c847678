/** How loud the floor is below an interpreter's voice. Pure. */
import { audioTimescaleHz } from '../../media/timebase.ts';
import { dbToRatio } from './gain.ts';
import { type LevelRamp } from './leveller.ts';

/** The floor below an interpreter: still there as a voice, no rival for the words. */
export const duckedFloorDb = -15;
/** Down within 200 ms, so that the first word is understood; back up slowly, as a fade. */
const downDbPerSec = 75;
const upDbPerSec = 10;
/** Interpreters pause to listen: the floor comes back only when they seem to have finished. */
export const duckHoldSec = 3;

export class Ducker {
  #levelDb = 0;
  #gain = 1;
  #heldSec = 0;

  /** The floor's gain over the next span, linear in amplitude. @param isInterpreterSpeaking as known at its start. */
  next(sampleCount: number, isInterpreterSpeaking: boolean): LevelRamp {
    const spanSec = sampleCount / audioTimescaleHz;
    this.#heldSec = isInterpreterSpeaking ? duckHoldSec : Math.max(0, this.#heldSec - spanSec);
    this.#levelDb =
      this.#heldSec > 0
        ? Math.max(duckedFloorDb, this.#levelDb - downDbPerSec * spanSec)
        : Math.min(0, this.#levelDb + upDbPerSec * spanSec);
    const ramp = { gainFrom: this.#gain, gainTo: dbToRatio(this.#levelDb) };
    this.#gain = ramp.gainTo;
    return ramp;
  }
}
