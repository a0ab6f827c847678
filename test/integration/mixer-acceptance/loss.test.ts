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
  { name: 'bursts of 200 ms', faults: { burst: { everyMs: 2000, lastsMs: 200 } } },
  { name: 'jitter of 50 to 300 ms, which reorders', faults: { delayMs: { min: 50, max: 300 } } },
  { name: 'nothing for 3 s at the end', faults: {} },
];
const fromSec = 5;
const toSec = 15;
const endSec = 19;
/** Shown when the network is good again; a keyframe is asked for, sent at once, and played after the playout delay. */
const recoverySec = 1;

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
  for (const index of faulty.keys()) clips.push(await makeClip({ identity: index + 1, toneHz: 400 + 100 * index }));
  program = await LiveProgram.start();
  people = clips.map((clip) => program.join(clip, { isMicrophoneOn: false }));
  // All alike, so that nobody is out of view.
  program.mixer.send({ type: 'setLayout', requestId: 'grid', layout: { mode: 'fixed', name: 'grid' } });
  await program.until(fromSec);
  faultFrames.from = program.frameNow();
  for (const [index, { faults }] of faulty.entries()) people[index]!.network.faults = faults;
  await program.until(toSec - 3);
  people.at(-1)!.network.faults = { isDown: true };
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

const counterIn = (frame: JudgedFrame, panelist: Panelist) =>
  frame.tiles.find(({ participantId }) => participantId === panelist.id)?.counter;

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
    const ratio = (unreadable.get(id) ?? 0) / (frames.length - faultFrames.from);
    console.log(`${name}: SSIM from ${Math.min(...values).toFixed(3)}, ${(100 * ratio).toFixed(1)} % unreadable`);
    expect(values.length).toBeGreaterThan(50);
    expect(good / values.length).toBeGreaterThanOrEqual(0.99);
    expect(ratio).toBeLessThan(0.01);
  });

  it('moves again within a second after its end', () => {
    const panelist = people[index]!;
    const end = Math.ceil(faultFrames.to);
    const last = counterIn(frames[end]!, panelist);
    const moved = frames.findIndex((frame) => frame.index > end && counterIn(frame, panelist) !== last);
    const steadyFrom = Math.ceil(end + (recoverySec + 0.5) * frameRate);
    const counters = frames.slice(steadyFrom, steadyFrom + 60).map((frame) => counterIn(frame, panelist));
    console.log(`${name}: moves ${((moved - end) / frameRate).toFixed(2)} s after its end`);
    expect((moved - end) / frameRate).toBeLessThan(recoverySec);
    // And goes on moving.
    expect(new Set(counters).size).toBeGreaterThan(30);
  });

  it('asks for a keyframe once a second at most', () => {
    const panelist = people[index]!;
    const requests = panelist.camera.keyframeRequestCount;
    const seconds = endSec;
    console.log(`${name}: ${requests} keyframe requests in ${seconds} s`);
    expect(requests).toBeLessThanOrEqual(seconds + 1);
    if (/^(5|10) %|bursts/.test(name)) expect(requests).toBeGreaterThan(0);
  });
});

describe('the program under loss', () => {
  it('has every picture', () => {
    expect(Math.abs(frames.length - endSec * frameRate)).toBeLessThan(frameRate);
  });
});
