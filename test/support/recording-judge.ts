/** Judges a recording of a stage event by its content, from the first second to the last. */
import { expect } from 'vitest';
import { type RecordingDetail } from '../../src/app/webinars/recording-view.ts';
import { decodeLuma, decodeSamples } from './decode-media.ts';
import { readPattern, tonePower, type PatternImage, type PatternReading } from './pattern/index.ts';
import { programTiles } from './viewer-page.ts';

interface KnownPerson {
  readonly name: string;
  readonly identity: number;
  readonly toneHz: number;
}

export interface JudgeOptions {
  readonly people: readonly KnownPerson[];
  /** Frames of each camera file, which then starts over. */
  readonly frameCount: number;
  /** Somebody whose camera was on from before the start to the end. */
  readonly alwaysOn: KnownPerson;
}

const size = { width: 640, height: 360 };
/** The decoder repeats pictures over gaps, so that picture n is the one of n/30 s; sound it leaves out. */
const framesPerSec = 30;
/** A mixer that starts needs a keyframe from every camera; until then there are avatars. */
const startUpSec = 3;
/** A window that holds a change of speaker or layout proves nothing about either. */
const settleSec = 0.5;

/** @throws the first judgement that does not hold */
export async function judgeRecording(file: string, detail: RecordingDetail, options: JudgeOptions): Promise<void> {
  const pictures = await decodeLuma(file, size);
  const samples = await decodeSamples(file);
  const gapSec = detail.gaps.reduce((sum, gap) => sum + gap.endSec - gap.startSec, 0);
  const soundSec = (detail.durationMs ?? 0) / 1000 - gapSec;
  expect(Math.abs(samples.length / 48_000 - soundSec), 'sound lasts as long as the recording').toBeLessThan(0.2);
  judgePictures(pictures, detail, options);
  judgeSound(samples, detail, options);
}

function judgePictures(pictures: readonly PatternImage[], detail: RecordingDetail, options: JudgeOptions): void {
  let seenCount = 0;
  let expectedCount = 0;
  let lastCounter: number | undefined;
  const wrongSpotlight: string[] = [];
  for (let index = 0; index < pictures.length; index += 5) {
    const timeSec = index / framesPerSec;
    if (isStartUp(timeSec, detail)) {
      lastCounter = undefined;
      continue;
    }
    const tiles = readTiles(pictures[index]!);
    const known = options.people.map((person) => person.identity);
    for (const reading of tiles.all) expect(known, `identity at ${timeSec.toFixed(1)} s`).toContain(reading.identity);
    const constant = tiles.all.find((reading) => reading.identity === options.alwaysOn.identity);
    expectedCount++;
    if (constant !== undefined) {
      seenCount++;
      if (lastCounter !== undefined)
        expect(
          (constant.counter - lastCounter + options.frameCount) % options.frameCount,
          `counter at ${timeSec.toFixed(1)} s`,
        ).toBeLessThan(options.frameCount / 2);
      lastCounter = constant.counter;
    }
    const speaker = speakerAt(timeSec, detail);
    const expected = options.people.find((person) => person.name === speaker);
    if (expected !== undefined && tiles.large !== undefined && tiles.large.identity !== expected.identity)
      wrongSpotlight.push(timeSec.toFixed(2));
  }
  expect(expectedCount, 'pictures judged').toBeGreaterThan(60);
  expect(seenCount / expectedCount, 'share of pictures with the one who was always on').toBeGreaterThan(0.97);
  expect(wrongSpotlight, 'moments whose spotlight is not the one of the speaker timeline').toEqual([]);
}

function judgeSound(samples: Float32Array, detail: RecordingDetail, options: JudgeOptions): void {
  const windowCount = 4800;
  const heard = new Set<string>();
  let bothCount = 0;
  for (let start = 0; start + windowCount <= samples.length; start += windowCount) {
    const window = samples.subarray(start, start + windowCount);
    const audible = options.people.filter(
      ({ toneHz }) => 10 * Math.log10(tonePower(window, 48_000, toneHz) + 1e-12) > -35,
    );
    for (const person of audible) heard.add(person.name);
    if (audible.length === options.people.length) bothCount++;
  }
  expect([...heard].sort(), 'tones in the recording').toEqual(options.people.map((person) => person.name).sort());
  expect(bothCount, 'moments with both tones').toBeGreaterThan(5);
  expect(
    samples.every((sample) => Math.abs(sample) <= 1),
    'no clipping',
  ).toBe(true);
  expect(detail.speakers.length, 'changes of speaker').toBeGreaterThan(1);
}

function readTiles(picture: PatternImage): { large: PatternReading | undefined; all: PatternReading[] } {
  const read = (tile: (typeof programTiles)[keyof typeof programTiles]) =>
    readPattern(picture, {
      x: tile.x * size.width,
      y: tile.y * size.height,
      width: tile.width * size.width,
      height: tile.height * size.height,
    });
  const large = read(programTiles.stage) ?? read(programTiles.alone);
  const small = read(programTiles.thumbnail);
  return { large, all: [large, small].filter((reading) => reading !== undefined) };
}

function isStartUp(timeSec: number, detail: RecordingDetail): boolean {
  return [0, ...detail.gaps.map((gap) => gap.endSec)].some(
    (startSec) => timeSec >= startSec && timeSec < startSec + startUpSec,
  );
}

/** Name of the speaker, undefined near a change. */
function speakerAt(timeSec: number, detail: RecordingDetail): string | undefined {
  const block = detail.speakers.find(
    ({ startSec, endSec }) => timeSec >= startSec + settleSec && timeSec < endSec - settleSec,
  );
  return detail.participants.find(({ participantId }) => participantId === block?.participantId)?.displayName;
}
