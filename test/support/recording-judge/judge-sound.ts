/** Judges the sound of a recording: in every phase exactly the tones of those who speak. Pure. */
import { tonePower } from '../pattern/index.ts';
import { type KnownPerson } from './program-view.ts';
import { type TimedManifest } from './recording-clock.ts';
import { type SettledSpan, spanAt } from './settled-spans.ts';

const sampleRateHz = 48_000;
/** Whole periods of every tone in use, so that one leaks nothing into another. */
const windowSamples = 4800;
/** A tone at the program's loudness lies far above, what the codec and a limiter add to another tone far below. */
const heardDb = -35;
const silentDb = -50;
/**
 * A browser that a busy machine starves captures holes, which nobody behind it can fill (whole sound from whole input is
 * judged in test/integration/mixer-acceptance). Silence is silence on any machine.
 */
const minHeardRatio = 0.5;

/**
 * @param samples one channel, -1..1, 48 kHz; sample n is that of recording time n / 48000
 * @returns what is wrong, with times; empty when all is right
 */
export function judgeSound(
  samples: Float32Array,
  spans: readonly SettledSpan[],
  manifest: TimedManifest,
  people: readonly KnownPerson[],
): string[] {
  const problems: string[] = [];
  if (samples.some((sample) => Math.abs(sample) > 1)) problems.push('samples above full scale');
  if (Math.abs(samples.length / sampleRateHz - manifest.durationSec) > 0.2)
    problems.push(`${(samples.length / sampleRateHz).toFixed(2)} s of sound in ${manifest.durationSec} s`);
  for (const span of spans) {
    const starts = windowStarts(samples.length).filter(
      (start) => spanAt([span], manifest, start / sampleRateHz, windowSamples / sampleRateHz) !== undefined,
    );
    for (const person of people) {
      const levelsDb = starts.map((start) => ({ start, db: levelOf(samples, start, person.toneHz) }));
      const isHeard = span.phase.view.heard.includes(person);
      const wrong = levelsDb.filter(({ db }) => (isHeard ? db < heardDb : db > silentDb));
      const allowedCount = isHeard ? (1 - minHeardRatio) * levelsDb.length : 0;
      if (levelsDb.length > 0 && wrong.length <= allowedCount) continue;
      const first = wrong[0];
      const where = first && ` at ${(first.start / sampleRateHz).toFixed(1)} s with ${first.db.toFixed(0)} dBFS`;
      problems.push(
        `"${span.phase.what}" ${person.name} is ${isHeard ? 'silent' : 'heard'} in ${wrong.length} of ` +
          `${levelsDb.length} windows${where ?? ''}`,
      );
    }
  }
  return problems;
}

function windowStarts(sampleCount: number): number[] {
  return Array.from({ length: Math.floor(sampleCount / windowSamples) }, (_, index) => index * windowSamples);
}

function levelOf(samples: Float32Array, start: number, toneHz: number): number {
  const window = samples.subarray(start, start + windowSamples);
  return 10 * Math.log10(tonePower(window, sampleRateHz, toneHz) + 1e-12);
}
