/** Finds breaks in a tone that never stops: samples left out, repeated or jumped over show in its phase and its level. Pure. */
import { windowedTone } from './windowed-tone.ts';

export interface ToneGlitch {
  readonly atMs: number;
  /** Against the neighbours: of the phase in degrees, of the level as a ratio. */
  readonly phaseStepDeg: number;
  readonly levelRatio: number;
}

const samplesPerMs = 48;
const windowSamples = 480;
const hopSamples = 240;
/** A sample left out of 3330 Hz is 25 degrees. What codecs and a resampler do to a soft tone stays below half of that. */
const maxPhaseStepDeg = 15;
/** 2.5 dB within 10 ms. */
const maxLevelStep = 1.33;

interface Window {
  readonly atMs: number;
  readonly level: number;
  readonly phase: number;
}

export class TonePurity {
  readonly #toneHz: number;
  readonly #isJudged: (atMs: number) => boolean;
  readonly glitches: ToneGlitch[] = [];
  judgedMs = 0;
  /** Median level of each stretch. */
  #levels: number[] = [];

  /** @param isJudged false at times at which the tone is not alone. */
  constructor(options: { readonly toneHz: number; readonly isJudged: (atMs: number) => boolean }) {
    this.#toneHz = options.toneHz;
    this.#isJudged = options.isJudged;
  }

  /** Median amplitude, 0..1; 0 before the first piece. */
  get level(): number {
    return this.#levels.toSorted((a, b) => a - b)[this.#levels.length >> 1] ?? 0;
  }

  /** A piece of sound; pieces are judged each by itself. */
  readonly push = (samples: Float32Array, startMs: number): void => {
    let judged: Window[] = [];
    for (let first = 0; first + windowSamples <= samples.length; first += hopSamples) {
      const atMs = startMs + (first + windowSamples / 2) / samplesPerMs;
      if (!this.#isJudged(atMs - 5) || !this.#isJudged(atMs + 5)) {
        this.#judge(judged);
        judged = [];
        continue;
      }
      const window = samples.subarray(first, first + windowSamples);
      judged.push({ atMs, ...windowedTone(window, this.#toneHz, first) });
    }
    this.#judge(judged);
  };

  /** Of one stretch: its median level, and each pair of windows that do not overlap. */
  #judge(windows: readonly Window[]): void {
    if (windows.length < 5) return;
    this.judgedMs += (windows.length * hopSamples) / samplesPerMs;
    const level = windows.map((window) => window.level).toSorted((a, b) => a - b)[windows.length >> 1]!;
    this.#levels.push(level);
    // A clock that is off turns the phase evenly: what is left of the steps after their median is a break.
    const steps = windows.slice(2).map((window, index) => wrapped(window.phase - windows[index]!.phase));
    const even = steps.toSorted((a, b) => a - b)[steps.length >> 1]!;
    let lastMs = -Infinity;
    steps.forEach((step, index) => {
      const { atMs, level: own } = windows[index + 1]!;
      const phaseStepDeg = Math.abs((wrapped(step - even) * 180) / Math.PI);
      const levelRatio = Math.max(own / level, level / own);
      const isBreak = phaseStepDeg > maxPhaseStepDeg || levelRatio > maxLevelStep;
      // The windows on both sides of a break show it: it counts once.
      if (isBreak && atMs - lastMs > 40) this.glitches.push({ atMs, phaseStepDeg, levelRatio });
      if (isBreak) lastMs = atMs;
    });
  }
}

/** Into -pi..pi. */
function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
