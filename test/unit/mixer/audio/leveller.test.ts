import { describe, expect, it } from 'vitest';
import { LoudnessMeter } from '../../../../src/mixer/audio/loudness-meter.ts';
import { firstWordsSec, Leveller, programLevelling, sourceLevelling } from '../../../../src/mixer/audio/leveller.ts';
import { sineDb, speechLike, stereo, type Voice } from '../../../support/mixer/sound.ts';

const frameSampleCount = 1600;
const framesPerSec = 30;
const toDb = (ratio: number) => 20 * Math.log10(ratio);

/** Plays voices one after the other; gives the gain in dB after every frame. */
function gainsDb(leveller: Leveller, voice: Voice, durationSec: number): number[] {
  return Array.from({ length: durationSec * framesPerSec }, (_, frame) =>
    toDb(leveller.next(stereo(voice, frameSampleCount, frame * frameSampleCount)).gainTo),
  );
}

/** Gated loudness of the levelled last 3 s. */
function levelledLufs(leveller: Leveller, voice: Voice): number {
  const meter = new LoudnessMeter();
  for (let frame = 0; frame < 3 * framesPerSec; frame++) {
    const samples = stereo(voice, frameSampleCount, frame * frameSampleCount);
    const { gainTo } = leveller.next(samples);
    meter.push(samples.map((sample) => sample * gainTo));
  }
  return meter.shortTermLufs(-70);
}

describe('Leveller of a source', () => {
  it.each([-35, -28, -20, -12])('brings speech of %d dBFS to the common loudness within 5 s', (db) => {
    const leveller = new Leveller(sourceLevelling);
    gainsDb(leveller, speechLike(db), 5);
    expect(Math.abs(levelledLufs(leveller, speechLike(db)) - sourceLevelling.targetLufs)).toBeLessThan(1);
  });

  it('next moves no faster than 1 dB/s up and 3 dB/s down once somebody is known', () => {
    const leveller = new Leveller(sourceLevelling);
    gainsDb(leveller, speechLike(-20), 2 * firstWordsSec);
    const loud = gainsDb(leveller, speechLike(-12), 4);
    const quiet = gainsDb(leveller, speechLike(-20), 12);
    const steps = (gains: number[]) => gains.slice(1).map((gain, index) => (gain - gains[index]!) * framesPerSec);
    expect(Math.min(...steps(loud))).toBeGreaterThan(-3.01);
    expect(Math.min(...steps(loud))).toBeLessThan(-1);
    expect(Math.max(...steps(quiet))).toBeLessThan(1.01);
    expect(Math.max(...steps(quiet))).toBeGreaterThan(0.5);
  });

  it('next is one unbroken line: every span begins with the gain the last one ended with', () => {
    const leveller = new Leveller(sourceLevelling);
    const speech = speechLike(-35);
    let last = 1;
    for (let frame = 0; frame < 200; frame++) {
      const { gainFrom, gainTo } = leveller.next(stereo(speech, frameSampleCount, frame * frameSampleCount));
      expect(gainFrom).toBe(last);
      last = gainTo;
    }
  });

  it('next rests in silence and in room noise, however long', () => {
    const leveller = new Leveller(sourceLevelling);
    const spoken = gainsDb(leveller, speechLike(-30), 8).at(-1)!;
    const silent = gainsDb(leveller, () => 0, 1).at(-1)!;
    expect(Math.abs(silent - spoken)).toBeLessThan(0.5);
    expect(gainsDb(leveller, sineDb(200, -50), 60).at(-1)).toBe(silent);
  });

  it('next does not lift somebody who was never heard above the noise of their room', () => {
    expect(gainsDb(new Leveller(sourceLevelling), sineDb(200, -46), 20).at(-1)).toBe(0);
  });

  it('next leaves breathing between sentences alone', () => {
    const leveller = new Leveller(sourceLevelling);
    gainsDb(leveller, speechLike(-18), 8);
    const before = gainsDb(leveller, () => 0, 1).at(-1)!;
    expect(gainsDb(leveller, speechLike(-38), 5).at(-1)).toBe(before);
  });

  it('next finds somebody again who moved away from the microphone', () => {
    const leveller = new Leveller(sourceLevelling);
    gainsDb(leveller, speechLike(-16), 8);
    gainsDb(leveller, speechLike(-34), 40);
    expect(Math.abs(levelledLufs(leveller, speechLike(-34)) - sourceLevelling.targetLufs)).toBeLessThan(1);
  });

  it('next stays in its range for the loudest and the quietest', () => {
    expect(gainsDb(new Leveller(sourceLevelling), sineDb(1000, 0), 20).at(-1)).toBeCloseTo(
      sourceLevelling.rangeDb.min,
      1,
    );
    expect(gainsDb(new Leveller(sourceLevelling), sineDb(1000, -41), 30).at(-1)).toBeCloseTo(
      sourceLevelling.rangeDb.max,
      1,
    );
  });

  it('isAudible is true within 100 ms of speech and false within 100 ms of its end', () => {
    const leveller = new Leveller(sourceLevelling);
    gainsDb(leveller, () => 0, 1);
    expect(leveller.isAudible).toBe(false);
    gainsDb(leveller, sineDb(300, -20), 0.2);
    expect(leveller.isAudible).toBe(true);
    gainsDb(leveller, () => 0, 0.2);
    expect(leveller.isAudible).toBe(false);
  });
});

describe('Leveller of the program', () => {
  it('next brings what is too loud for long down to the program target, at no more than 1 dB/s', () => {
    const leveller = new Leveller(programLevelling);
    const gains = gainsDb(leveller, speechLike(-12), 25);
    expect(Math.abs(levelledLufs(leveller, speechLike(-12)) - programLevelling.targetLufs)).toBeLessThan(1);
    for (let frame = 1; frame < gains.length; frame++) expect(gains[frame - 1]! - gains[frame]!).toBeLessThan(0.034);
  });

  it('next never lifts anything', () => {
    expect(Math.max(...gainsDb(new Leveller(programLevelling), speechLike(-30), 15))).toBe(0);
  });
});
