/** Acceptance test 7: what a bad network takes away freezes, is never garbage, and comes back when the network does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../support/mixer-acceptance/clip.ts';
import { judgePictures, type JudgedFrame } from '../../support/mixer-acceptance/judge.ts';
import { acceptanceCanvas, LiveProgram, type Panelist, videoId } from '../../support/mixer-acceptance/live-program.ts';
import { type NetworkFaults } from '../../support/mixer-acceptance/network.ts';
import { likeness, tilePictures } from '../../support/mixer-acceptance/likeness.ts';

const { frameRate } = acceptanceCanvas;
const faulty: readonly { readonly name: string; readonly faults: NetworkFaults }[] = [
  { name: '1 % loss', faults: { lossRatio: 0.01 } },
  { name: '5 % loss', faults: { lossRatio: 0.05 } },
  { name: '10 % loss', faults: { lossRatio: 0.1 } },
  // Not in step with the clip's own keyframes: a burst that ends with one costs no request.
  { name: 'bursts of 200 ms', faults: { burst: { everyMs: 1700, lastsMs: 200 } } },
  { name: 'jitter of 50 to 300 ms, which reorders', faults: { delayMs: { min: 50, max: 300 } } },
  { name: 'nothing for 3 s at the end', faults: {} },
];
/** One more, whose network is good: what stalls there is the machine's doing. */
const controlIndex = faulty.length;
const fromSec = 5;
const toSec = 15;
const endSec = 19;
/** From the end of the loss until the tile moves for good. */
const recoverySec = 1;
/** A tile that stands still for longer is frozen; a few pictures come late on any machine. */
const freezeSec = 0.25;

let program: LiveProgram;
let people: Panelist[];
let frames: JudgedFrame[];
/** Per panelist: how alike what is shown is to the picture that its counter names; one number per frame that can be read. */
const likenesses = new Map<string, number[]>();
/** Per panelist: frames with a camera tile in which no pattern can be read. */
const unreadable = new Map<string, number>();
const faultFrames = { from: 0, to: 0 };

beforeAll(async () => {
  const clips = [];
  for (let index = 0; index <= controlIndex; index++)
    clips.push(await makeClip({ identity: index + 1, toneHz: 400 + 100 * index }));
  program = await LiveProgram.start();
  people = clips.map((clip) => program.join(clip, { isMicrophoneOn: false }));
  // All alike, so that nobody is out of view.
  program.mixer.send({ type: 'setLayout', requestId: 'grid', layout: { mode: 'fixed', name: 'grid' } });
  await program.until(fromSec);
  faultFrames.from = program.frameNow();
  for (const [index, { faults }] of faulty.entries()) people[index]!.network.faults = faults;
  await program.until(toSec - 3);
  people[controlIndex - 1]!.network.faults = { isDown: true };
  await program.until(toSec);
  faultFrames.to = program.frameNow();
  for (const panelist of people) panelist.network.faults = {};
  await program.until(endSec);
  expect(await program.stop()).toBe(0);
  const layouts = program.log.of('layoutApplied');
  const { rect: size } = layouts.at(-1)!.tiles[0]!;
  const sent = await Promise.all(clips.map((clip) => tilePictures(clip, size)));
  frames = await judgePictures(program.log.media(videoId), layouts, (image, { index, tiles }) => {
    if (index < faultFrames.from) return;
    for (const { participantId, rect, identity, counter } of tiles) {
      if (identity === undefined || counter === undefined) {
        unreadable.set(participantId, (unreadable.get(participantId) ?? 0) + 1);
      } else if (index % 5 === 0) {
        const all = likenesses.get(participantId) ?? [];
        likenesses.set(participantId, all);
        all.push(likeness(image, rect, sent[identity - 1]![counter]!));
      }
    }
  });
});
afterAll(() => program.close());

/** Frames at which the tile of a panelist shows another picture of theirs than before; what cannot be read does not count. */
function movesOf(panelist: Panelist): number[] {
  let last: number | undefined;
  return frames.flatMap(({ index, tiles }) => {
    const tile = tiles.find(({ participantId }) => participantId === panelist.id);
    if (tile?.identity !== panelist.clip.identity || tile.counter === last) return [];
    last = tile.counter;
    return [index];
  });
}

/** Seconds from the end of the faults to that of the last freeze; 0 when there was none any more. */
function recoveryOf(panelist: Panelist): number {
  const moves = movesOf(panelist);
  const from = faultFrames.to;
  const isFrozenBefore = (at: number, position: number): boolean =>
    at > from && at - (moves[position - 1] ?? 0) > freezeSec * frameRate;
  const recovered = moves.findLast(isFrozenBefore);
  return recovered === undefined ? 0 : (recovered - from) / frameRate;
}

/** What the machine held up in the same seconds: the longest that the control stood still. */
function machineLatenessSec(): number {
  const moves = movesOf(people[controlIndex]!).filter((at) => at > faultFrames.to - frameRate);
  return Math.max(0, ...moves.slice(1).map((at, position) => at - moves[position]! - 1)) / frameRate;
}

describe.each(faulty.map(({ name }, index) => [name, index] as const))('%s', (name, index) => {
  it('was really there', () => {
    const { network } = people[index]!;
    if (name.startsWith('jitter')) expect(network.passedCount).toBeGreaterThan(100);
    else expect(network.lostCount).toBeGreaterThan(3);
  });

  it('shows pictures that the camera took: SSIM above 0.9 in 99 of 100', () => {
    const { id } = people[index]!;
    const values = likenesses.get(id) ?? [];
    const good = values.filter((value) => value > 0.9).length;
    const judgedCount = frames.length - faultFrames.from;
    const ratio = (unreadable.get(id) ?? 0) / judgedCount;
    const controlRatio = (unreadable.get(people[controlIndex]!.id) ?? 0) / judgedCount;
    console.log(`${name}: SSIM from ${Math.min(...values).toFixed(3)}, ${(100 * ratio).toFixed(1)} % unreadable`);
    expect(values.length).toBeGreaterThan(50);
    expect(good / values.length).toBeGreaterThanOrEqual(0.99);
    // What cannot be read of the control either is not the network's doing.
    expect(ratio).toBeLessThanOrEqual(0.01 + controlRatio);
    expect(controlRatio).toBeLessThan(0.05);
  });

  it('moves again within a second after its end, for good', () => {
    const panelist = people[index]!;
    const recovery = recoveryOf(panelist);
    const lateness = machineLatenessSec();
    console.log(`${name}: moves ${recovery.toFixed(2)} s after its end, the machine held up ${lateness.toFixed(2)} s`);
    expect(lateness).toBeLessThan(recoverySec);
    expect(recovery).toBeLessThan(recoverySec + lateness);
    // It goes on moving to the end.
    expect(frames.length - movesOf(panelist).at(-1)!).toBeLessThan((0.5 + lateness) * frameRate);
  });

  it('asks for a keyframe once a second at most', () => {
    const panelist = people[index]!;
    const requests = panelist.camera.keyframeRequestCount;
    console.log(`${name}: ${requests} keyframe requests in ${endSec} s`);
    expect(requests).toBeLessThanOrEqual(endSec + 1);
    if (/^(5|10) %|bursts/.test(name)) expect(requests).toBeGreaterThan(0);
  });
});

describe('the program under loss', () => {
  it('has every picture', () => {
    expect(Math.abs(frames.length - endSec * frameRate)).toBeLessThan(frameRate);
  });
});
