/** A camera whose decoders die one after the other: its last picture, then the avatar, then the person again; the other one never notices. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { Furniture } from '../../../src/mixer/furniture/furniture.ts';
import { plainLook } from '../../../src/mixer/furniture/look.ts';
import { makeClip } from '../../support/mixer-acceptance/clip.ts';
import { type JudgedFrame, judgePictures } from '../../support/mixer-acceptance/judge.ts';
import { acceptanceCanvas, LiveProgram, type Panelist, videoId } from '../../support/mixer-acceptance/live-program.ts';
import { type PatternImage, type TileRect } from '../../support/pattern/index.ts';
import { processTree } from '../../support/processes.ts';

const { frameRate } = acceptanceCanvas;
const deadlineMs = 90_000;
const killedForSec = 8;
/** What a tile of the thumbnail strip is decoded to; the large one is decoded to another. */
const thumbnailSize = '160:90';

let program: LiveProgram;
let bob: Panelist;
let frames: JudgedFrame[];
/** Per frame: mean difference of luma between Bob's tile, above his name, and his avatar. */
const avatarDistances: number[] = [];
const at = { killed: 0, spared: 0, end: 0 };
let killedPids: Set<number>;

const untilFrames = (count: number) =>
  program.log.until(`${count} frames`, () => program.frameCount >= count, deadlineMs);

beforeAll(async () => {
  const clips = [await makeClip({ identity: 1, toneHz: 440 }), await makeClip({ identity: 2, toneHz: 880 })];
  program = await LiveProgram.start();
  program.join(clips[0]!);
  bob = program.join(clips[1]!);
  await program.log.until(
    'both in tiles',
    () => program.log.of('layoutApplied').at(-1)?.tiles.length === 2,
    deadlineMs,
  );
  await untilFrames(program.frameCount + 3 * frameRate);
  at.killed = program.frameCount;
  killedPids = await killDecoders(killedForSec * 1000);
  at.spared = program.frameCount;
  // A decoder that crashed too often rests until its crashes are half a minute old.
  await untilFrames(at.spared + 36 * frameRate);
  at.end = program.frameCount;
  expect(await program.stop()).toBe(0);
  const layouts = program.log.of('layoutApplied');
  const rect = layouts.at(-1)!.tiles.find(({ participantId }) => participantId === bob.id)!.rect;
  const distanceTo = avatarDistance(rect);
  frames = await judgePictures(program.log.media(videoId), layouts, (image) => avatarDistances.push(distanceTo(image)));
}, 400_000);
afterAll(() => program?.close());

/** Kills every decoder of a thumbnail as soon as it is seen, for so long. */
async function killDecoders(forMs: number): Promise<Set<number>> {
  const killed = new Set<number>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = systemClock.repeat(30, () => {
    for (const { pid, args } of processTree(program.pid)) {
      if (!args.includes('ivf') || !args.some((arg) => arg.includes(`pad=${thumbnailSize}:`))) continue;
      killed.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It went with the one that it was in.
      }
    }
  });
  systemClock.schedule(forMs, resolve);
  await promise.finally(() => timer.cancel());
  return killed;
}

function avatarDistance(rect: TileRect): (image: PatternImage) => number {
  const participant = { participantId: bob.id, displayName: 'Panelist 2', isMicrophoneOn: true, isCameraOn: true };
  const tile = { participant, content: 'camera', fit: 'cover', isOverlay: false, rect, isSpeaking: false } as const;
  const avatar = new Furniture(acceptanceCanvas, plainLook('')).avatar({ ...tile, hiddenCount: 0 });
  const [left, top] = [Math.round(rect.width * 0.2), Math.round(rect.height * 0.15)];
  const [right, bottom] = [Math.round(rect.width * 0.8), Math.round(rect.height * 0.7)];
  return ({ data, width }) => {
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++)
        sum += Math.abs(data[(rect.y + y) * width + rect.x + x]! - avatar.data[y * rect.width + x]!);
    }
    return sum / ((right - left) * (bottom - top));
  };
}

const readingOf = (frame: JudgedFrame, id: string) => frame.tiles.find(({ participantId }) => participantId === id);
/** What Bob's tile shows in each frame: himself, his avatar, or neither. */
const shown = () =>
  frames.map((frame, index) => {
    if (readingOf(frame, bob.id)?.identity === bob.clip.identity) return 'person';
    return avatarDistances[index]! < 6 ? 'avatar' : 'neither';
  });

describe('a person whose decoders are killed for eight seconds', () => {
  it('had several of them killed', () => {
    expect(killedPids.size).toBeGreaterThanOrEqual(2);
  });

  it('is seen in the last picture first, which stands still', () => {
    const part = frames.slice(at.killed + frameRate, at.killed + 3 * frameRate);
    expect(part.every((frame) => readingOf(frame, bob.id)?.identity === bob.clip.identity)).toBe(true);
    const counters = new Set(part.map((frame) => readingOf(frame, bob.id)?.counter));
    // A new decoder may give a picture before it is killed as well.
    expect(counters.size).toBeLessThan(20);
  });

  it('then the avatar, and nothing in between', () => {
    const whole = shown();
    const avatarFrom = whole.indexOf('avatar', at.killed);
    console.log(
      `avatar ${((avatarFrom - at.killed) / frameRate).toFixed(1)} s after the first kill, person again ${((whole.indexOf('person', avatarFrom) - at.spared) / frameRate).toFixed(1)} s after the last`,
    );
    expect(avatarFrom).toBeGreaterThan(at.killed + 4 * frameRate);
    expect(avatarFrom).toBeLessThan(at.spared + 2 * frameRate);
    // From the first picture of the person on: a tile is never black, garbage or somebody else's.
    expect(whole.slice(whole.indexOf('person')).filter((one) => one === 'neither').length).toBeLessThanOrEqual(1);
  });

  it('then the person again, moving', () => {
    const whole = shown();
    const backFrom = whole.indexOf('person', whole.indexOf('avatar', at.killed));
    expect(backFrom).toBeGreaterThan(0);
    const after = frames.slice(backFrom + frameRate);
    expect(after.length).toBeGreaterThan(frameRate);
    const right = after.filter((frame) => readingOf(frame, bob.id)?.identity === bob.clip.identity);
    expect(right.length / after.length).toBeGreaterThan(0.95);
    expect(new Set(right.map((frame) => readingOf(frame, bob.id)?.counter)).size).toBeGreaterThan(10);
  });

  it('leaves the other one and the program alone', () => {
    const other = frames.slice(at.killed, at.end).map((frame) => readingOf(frame, 'panelist-1'));
    expect(other.filter((reading) => reading?.identity === 1).length / other.length).toBeGreaterThan(0.98);
    expect(new Set(other.map((reading) => reading?.counter)).size).toBeGreaterThan(100);
    expect(program.log.of('runEnded')).toEqual([]);
  });
});
