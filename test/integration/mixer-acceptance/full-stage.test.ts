/** A full stage: twelve people with real decoders in a grid of nine, "+3", a speaker from out of view, all twelve heard. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Furniture } from '../../../src/mixer/furniture/furniture.ts';
import { plainLook } from '../../../src/mixer/furniture/look.ts';
import { createI420 } from '../../../src/mixer/picture/i420.ts';
import { blendSprite } from '../../../src/mixer/picture/sprite.ts';
import { type Clip, makeClip } from '../../support/mixer-acceptance/clip.ts';
import { type JudgedFrame, judgePictures } from '../../support/mixer-acceptance/judge.ts';
import {
  acceptanceCanvas,
  audioId,
  LiveProgram,
  type Panelist,
  videoId,
} from '../../support/mixer-acceptance/live-program.ts';
import { decodeAudio, toneLevelDb } from '../../support/mixer/judge.ts';
import { type PatternImage, type TileRect } from '../../support/pattern/index.ts';

const { frameRate } = acceptanceCanvas;
const personCount = 12;
const seatCount = 9;
/** Nine decoders start at once, on a machine that does other things too. */
const deadlineMs = 60_000;
const toneHzOf = (index: number) => 400 + 130 * index;

let program: LiveProgram;
let people: Panelist[];
let frames: JudgedFrame[];
let samples: Float32Array;
/** Frames between which everybody was in view who fits, before and after somebody else spoke. */
const quiet = { from: 0, to: 0 };
const spoken = { from: 0, to: 0 };
let lastQuietPicture: PatternImage;

const seated = () =>
  program.log
    .of('layoutApplied')
    .at(-1)
    ?.tiles.map(({ participantId }) => participantId) ?? [];
const untilFrames = (count: number) =>
  program.log.until(`${count} frames`, () => program.frameCount >= count, deadlineMs);

beforeAll(async () => {
  const clips: Clip[] = [];
  for (let index = 0; index < personCount; index++) {
    const size = { width: 160, height: 90, frameRate: 15 };
    clips.push(await makeClip({ identity: index + 1, toneHz: toneHzOf(index), ...size }));
  }
  program = await LiveProgram.start();
  program.mixer.send({ type: 'setLayout', requestId: 'grid', layout: { mode: 'fixed', name: 'grid' } });
  people = clips.map((clip) => program.join(clip));
  await program.log.until('nine in view', () => seated().length === seatCount, deadlineMs);
  // A decoder of its own for each of them has to start.
  await untilFrames(program.frameCount + 3 * frameRate);
  quiet.from = program.frameCount;
  await untilFrames(quiet.from + 3 * frameRate);
  quiet.to = program.frameCount;
  const newcomer = people.find(({ id }) => !seated().includes(id))!;
  program.speak(newcomer);
  await program.log.until('the speaker in view', () => seated().includes(newcomer.id), deadlineMs);
  await untilFrames(program.frameCount + 2 * frameRate);
  spoken.from = program.frameCount;
  await untilFrames(spoken.from + 2 * frameRate);
  spoken.to = program.frameCount;
  expect(await program.stop()).toBe(0);
  const layouts = program.log.of('layoutApplied');
  frames = await judgePictures(program.log.media(videoId), layouts, (image, { index }) => {
    if (index === quiet.to - 1) lastQuietPicture = { ...image, data: Uint8Array.from(image.data) };
  });
  samples = await decodeAudio(program.log.media(audioId));
}, 400_000);
afterAll(() => program?.close());

/** Of the frames of a span, how many show every seated person in a tile of their own. */
function wholeRatio({ from, to }: { readonly from: number; readonly to: number }): number {
  const part = frames.slice(from, to);
  const isWhole = ({ tiles }: JudgedFrame) =>
    tiles.length === seatCount &&
    tiles.every(({ participantId, identity }) => participantId === `panelist-${identity}`);
  return part.filter(isWhole).length / part.length;
}

describe('twelve people on stage', () => {
  it('nine are in view in a grid, each moving in a tile of their own', () => {
    expect(wholeRatio(quiet)).toBeGreaterThan(0.95);
    const counters = (id: string) =>
      new Set(
        frames
          .slice(quiet.from, quiet.to)
          .map(({ tiles }) => tiles.find(({ participantId }) => participantId === id)?.counter),
      );
    const inView = frames[quiet.from]!.tiles.map(({ participantId }) => participantId);
    for (const id of inView) expect(counters(id).size, id).toBeGreaterThan(2);
  });

  it('nobody is ever seen in a tile of somebody else', () => {
    const wrong = frames.flatMap(({ tiles }) =>
      tiles.filter(({ identity, participantId }) => identity !== undefined && participantId !== `panelist-${identity}`),
    );
    expect(wrong).toEqual([]);
  });

  it('the three who are out of view are counted, in what the mixer says and in the last tile', () => {
    const layout = program.log.of('layoutApplied').findLast(({ frameIndex }) => frameIndex <= quiet.to)!;
    expect(layout.hiddenCount).toBe(personCount - seatCount);
    const last = layout.tiles.at(-1)!;
    const distances = labelDistances(last.participantId, last.rect, [0, 1, 2, 3, 4, 5, 6]);
    console.log(
      `label of the last tile, distance from "+0" to "+6": ${distances.map((one) => one.toFixed(1)).join(' ')}`,
    );
    expect(distances.indexOf(Math.min(...distances))).toBe(3);
  });

  it('a speaker from out of view takes a place, one of the others gives theirs, eight stay', () => {
    const before = new Set(frames[quiet.to - 1]!.tiles.map(({ participantId }) => participantId));
    const after = frames[spoken.from]!.tiles.map(({ participantId }) => participantId);
    expect(wholeRatio(spoken)).toBeGreaterThan(0.95);
    expect(after.filter((id) => before.has(id))).toHaveLength(seatCount - 1);
  });

  it('all twelve are heard, in view or not', () => {
    const fromSec = quiet.from / frameRate;
    const levels = people.map((_, index) => shortToneDb(toneHzOf(index), fromSec, fromSec + 2));
    const between = shortToneDb(toneHzOf(3) + 65, fromSec, fromSec + 2);
    console.log(
      `tones from ${Math.min(...levels).toFixed(1)} to ${Math.max(...levels).toFixed(1)} dBFS, ${between.toFixed(1)} between`,
    );
    for (const [index, db] of levels.entries()) expect(db, people[index]!.id).toBeGreaterThan(-35);
    // Packets that come late on a busy machine click a little.
    expect(between).toBeLessThan(Math.min(...levels) - 12);
  });
});

/**
 * Mean level of a tone in dBFS over tenths of a second behind a Hann window: a microphone that is resampled by 0.5 % is a few
 * hertz off, and its neighbours must not leak.
 */
function shortToneDb(toneHz: number, fromSec: number, toSec: number): number {
  const length = 4800;
  const powers: number[] = [];
  for (let at = Math.round(fromSec * 48_000); at + length <= toSec * 48_000; at += length) {
    const windowed = samples
      .subarray(at, at + length)
      .map((sample, index) => sample * (1 - Math.cos((2 * Math.PI * index) / length)));
    powers.push(10 ** (toneLevelDb(windowed, toneHz) / 10));
  }
  return 10 * Math.log10(powers.reduce((sum, power) => sum + power, 0) / powers.length);
}

/** Mean difference of luma between the picture and the label with each count, where these labels are not all alike. */
function labelDistances(participantId: string, rect: TileRect, counts: readonly number[]): number[] {
  const { width, height, data } = lastQuietPicture;
  const identity = participantId.split('-')[1];
  const participant = { participantId, displayName: `Panelist ${identity}`, isMicrophoneOn: true, isCameraOn: true };
  const tile = { participant, content: 'camera', fit: 'cover', isOverlay: false, rect, isSpeaking: false } as const;
  const furniture = new Furniture(acceptanceCanvas, plainLook(''));
  const expected = counts.map((hiddenCount) => {
    const [, label] = furniture.overlays({ ...tile, hiddenCount });
    // The pattern's background is one colour: it is met right above the label.
    const around = data[(label!.y - 3) * width + rect.x + (rect.width >> 1)]!;
    const picture = createI420(width, height, { y: around, u: 128, v: 128 });
    blendSprite(picture, label!.sprite, label!.x, label!.y);
    return picture.data;
  });
  const telling = Array.from({ length: width * height }, (_, at) => at).filter((at) => {
    const lumas = expected.slice(1).map((picture) => picture[at]!);
    return Math.max(...lumas) - Math.min(...lumas) > 40;
  });
  return expected.map(
    (picture) => telling.reduce((sum, at) => sum + Math.abs(picture[at]! - data[at]!), 0) / telling.length,
  );
}
