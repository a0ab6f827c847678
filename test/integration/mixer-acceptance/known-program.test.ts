/** Acceptance tests 1, 2, 3, 8, 9, 10 and 13 of one scripted program: the right people, in the right places, in time, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, makeClip } from '../../support/mixer-acceptance/clip.ts';
import {
  counterStep,
  detect,
  type JudgedFrame,
  judgePictures,
  levelDb,
  startTicks,
} from '../../support/mixer-acceptance/judge.ts';
import {
  acceptanceCanvas,
  audioId,
  LiveProgram,
  type Panelist,
  playoutDelayMs,
  videoId,
} from '../../support/mixer-acceptance/live-program.ts';
import { decodeAudio } from '../../support/mixer/judge.ts';

const { frameRate } = acceptanceCanvas;
/** A picture shows what was captured the playout delay ago. */
const delaySec = playoutDelayMs / 1000;
/** From a command to what is seen: a decoder's start and a relayout; what the machine is late comes on top. */
const settleSec = 2;
/** How long each state is judged. */
const heldSec = 2.5;

interface Moment {
  readonly name: string;
  readonly act: () => void;
  /** What the program then has in its tiles, by participant; the mixer tells when. */
  readonly people?: () => readonly Panelist[];
  /** `heldSec` by default. */
  readonly sec?: number;
}

let program: LiveProgram;
let frames: JudgedFrame[];
let samples: Float32Array;
let ann: Panelist;
let bob: Panelist;
let cy: Panelist;
/** Frames at which things were done, by name. */
const at: Record<string, number> = {};
let endFrame: number;
/** The longest that the mixer was late with a frame, or that none came out: this machine's doing. */
let lateSec: number;

beforeAll(async () => {
  const clips: Clip[] = [];
  for (const [identity, toneHz] of [440, 660, 1100].entries())
    clips.push(await makeClip({ identity: identity + 1, toneHz }));
  program = await LiveProgram.start();
  const script: Moment[] = [
    { name: 'begin', act: () => undefined, sec: 1.5 },
    { name: 'ann', act: () => (ann = program.join(clips[0]!)), people: () => [ann] },
    // The sequence wraps after half a second, the timestamp after one second: nothing may be seen or heard of it.
    {
      name: 'bob',
      act: () => (bob = program.join(clips[1]!, { firstSequence: 65_500, firstTimestamp: 2 ** 32 - 90_000 })),
      people: () => [ann, bob],
    },
    { name: 'cy', act: () => (cy = program.join(clips[2]!)), people: () => [ann, bob, cy] },
    { name: 'speaker', act: () => program.speak(bob) },
    // An interjection: back before anybody could have noticed.
    { name: 'cut in', act: () => program.speak(cy), sec: 0.2 },
    { name: 'cut out', act: () => program.speak(bob), sec: 1 },
    { name: 'muted', act: () => program.change(cy, { isMicrophoneOn: false }) },
    {
      name: 'dark',
      act: () => {
        program.change(ann, { isCameraOn: false });
        ann.camera.pause();
      },
      sec: 3.5,
    },
    { name: 'unmuted', act: () => program.change(cy, { isMicrophoneOn: true }) },
    {
      name: 'bright',
      act: () => {
        ann.camera.resume();
        program.change(ann, { isCameraOn: true });
      },
      sec: settleSec + heldSec,
    },
    { name: 'left', act: () => program.leave(bob), people: () => [ann, cy], sec: 3 },
  ];
  for (const { name, act, people, sec = heldSec } of script) {
    at[name] = program.frameNow();
    act();
    if (people !== undefined) {
      const ids = people().map(({ id }) => id);
      const shown = () => program.log.of('layoutApplied').at(-1)?.participantIds.toSorted() ?? [];
      await program.log.until(`${name} in the layout`, () => shown().join() === ids.toSorted().join(), 30_000);
    }
    await program.until(program.frameNow() / frameRate + sec);
  }
  at.end = endFrame = program.frameNow();
  const gapMs = program.longestOutputGapMs - 1000 / frameRate;
  expect(await program.stop()).toBe(0);
  const ticksMs = program.log.of('stats').map(({ stats }) => stats.tickLatenessMs.max);
  lateSec = Math.max(gapMs, ...ticksMs) / 1000;
  console.log(`the machine was late by ${lateSec.toFixed(2)} s at worst`);
  expect(lateSec).toBeLessThan(settleSec);
  frames = await judgePictures(program.log.media(videoId), program.log.of('layoutApplied'));
  // One AAC frame of priming comes first.
  samples = (await decodeAudio(program.log.media(audioId))).subarray(1024);
});
afterAll(() => program.close());

const tileOf = (frame: JudgedFrame, panelist: Panelist) =>
  frame.tiles.find(({ participantId, content }) => participantId === panelist.id && content === 'camera');
/** Shows the picture of everybody who has a camera on, and of nobody else. */
const isAsExpected = (frame: JudgedFrame, people: readonly Panelist[]): boolean =>
  people.every((panelist) => tileOf(frame, panelist)?.identity === panelist.clip.identity) &&
  frame.tiles.filter(({ identity }) => identity !== undefined).length === people.length;
/** From the first frame that is as expected, which has to come in time, to the next moment. */
function settled(from: string, to: string, people: readonly Panelist[]): JudgedFrame[] {
  const part = frames.slice(Math.ceil(at[from]!), Math.floor(at[to]!));
  const first = part.findIndex((frame) => isAsExpected(frame, people));
  expect(first, `${from}: ever as expected`).toBeGreaterThanOrEqual(0);
  return part.slice(first);
}

describe('1 identity', () => {
  it('everybody is in a tile of their own while they are on stage', () => {
    const expected: [string, string, () => Panelist[]][] = [
      ['ann', 'bob', () => [ann]],
      ['bob', 'cy', () => [ann, bob]],
      ['cy', 'dark', () => [ann, bob, cy]],
      ['dark', 'bright', () => [bob, cy]],
      ['bright', 'left', () => [ann, bob, cy]],
      ['left', 'end', () => [ann, cy]],
    ];
    for (const [from, to, people] of expected) {
      const part = settled(from, to, people());
      const waitedSec = (part[0]!.index - at[from]!) / frameRate;
      expect(waitedSec, `${from}: until it is so`).toBeLessThan(settleSec + lateSec);
      const seen = part.filter((frame) => isAsExpected(frame, people()));
      expect(seen.length / part.length, `${from} to ${to}`).toBeGreaterThanOrEqual(0.98);
    }
  });

  it('nobody is ever seen in a tile of somebody else', () => {
    const wrong = frames.flatMap(({ index, tiles }) =>
      tiles
        .filter(({ identity, participantId }) => identity !== undefined && participantId !== `panelist-${identity}`)
        .map(({ identity, participantId }) => `frame ${index}: ${identity} in the tile of ${participantId}`),
    );
    expect(wrong).toEqual([]);
  });

  it('a tile is gone half a second after its person, within what the machine is late', () => {
    const last = frames.findLast((frame) => tileOf(frame, bob) !== undefined)!.index;
    const goneAfterSec = (last + 1 - at.left!) / frameRate;
    console.log(`bob left the picture ${goneAfterSec.toFixed(2)} s after the command`);
    // A frame is a thirtieth of a second: the command came within one.
    expect(goneAfterSec).toBeLessThan(0.5 + 1 / frameRate + lateSec);
    const after = frames.slice(last + 1);
    expect(after.filter(({ tiles }) => tiles.some(({ identity }) => identity === bob.clip.identity))).toEqual([]);
  });

  it('a camera switched off shows the avatar, not the last picture', () => {
    const part = settled('dark', 'bright', [bob, cy]).filter((frame) => tileOf(frame, ann) !== undefined);
    expect(part.length).toBeGreaterThan(frameRate);
    expect(part.filter((frame) => tileOf(frame, ann)!.identity !== undefined)).toEqual([]);
  });
});

describe('2 cadence', () => {
  it('every thirtieth of a second has one picture, no more and no fewer', () => {
    const ticks = startTicks(program.log.media(videoId));
    expect(ticks.slice(1).filter((tick, index) => tick - ticks[index]! !== 3000)).toEqual([]);
    expect(frames).toHaveLength(ticks.length);
    // The stop command travels, and the clock of this process is not the mixer's.
    expect(Math.abs(ticks.length - endFrame)).toBeLessThan((0.5 + lateSec) * frameRate);
  });

  it('there are 1600 samples for each picture, without a hole', () => {
    const ticks = startTicks(program.log.media(audioId));
    expect(ticks.slice(1).filter((tick, index) => tick - ticks[index]! !== 1024)).toEqual([]);
    expect(Math.abs(samples.length - frames.length * 1600)).toBeLessThanOrEqual(1024);
  });

  // A picture that comes a little late is shown twice and the next one not at all; how often is the machine's affair.
  it('pictures of a panelist advance, and never go back', () => {
    for (const panelist of [ann, bob, cy]) {
      const counters = frames.map((frame) => tileOf(frame, panelist)?.counter).filter((one) => one !== undefined);
      const steps = counters.slice(1).map((counter, index) => counterStep(counters[index]!, counter));
      expect(steps.filter((step) => step < 0)).toEqual([]);
      const repeated = steps.filter((step) => step === 0).length / steps.length;
      console.log(`${panelist.id}: ${(100 * repeated).toFixed(1)} % of pictures shown twice`);
      expect(repeated).toBeLessThan(0.4);
    }
  });
});

describe('3 sound', () => {
  const heard = -40;
  const silent = -60;
  const level = (panelist: Panelist, from: string, to: string, marginSec = 1.2) =>
    levelDb(samples, panelist.clip.toneHz, at[from]! / frameRate + marginSec, at[to]! / frameRate - 0.05);

  it('each tone sounds while its person is on stage and unmuted', () => {
    const levels = [
      level(ann, 'ann', 'end'),
      level(bob, 'bob', 'left'),
      level(cy, 'cy', 'muted'),
      level(cy, 'unmuted', 'end'),
    ];
    for (const db of levels) expect(db).toBeGreaterThan(heard);
  });

  it('and not before, not while muted, not after leaving', () => {
    expect(levelDb(samples, ann.clip.toneHz, 0.2, at.ann! / frameRate)).toBeLessThan(silent);
    expect(levelDb(samples, bob.clip.toneHz, 0.2, at.bob! / frameRate)).toBeLessThan(silent);
    expect(level(cy, 'muted', 'unmuted', 0.5 + lateSec)).toBeLessThan(silent);
    expect(level(bob, 'left', 'end')).toBeLessThan(silent);
  });

  it('muting takes effect at once: within 300 ms', () => {
    const stepSec = 0.02;
    const atSec = at.muted! / frameRate;
    let silentFromSec = atSec;
    while (levelDb(samples, cy.clip.toneHz, silentFromSec, silentFromSec + stepSec) > silent + 10)
      silentFromSec += stepSec;
    console.log(`silent ${((silentFromSec - atSec) * 1000).toFixed(0)} ms after the command`);
    expect(silentFromSec - atSec).toBeLessThan(0.3 + lateSec);
  });

  it('does not clip', () => {
    expect(samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)).toBeLessThan(0.95);
  });
});

describe('8 artifacts', () => {
  it('the detectors find silence and a still picture before the first person, and nothing else', async () => {
    const found = await detect(program.log.media(videoId), program.log.media(audioId));
    const shown = program.log.of('layoutApplied').find(({ participantIds }) => participantIds.includes(ann.id))!;
    const firstSec = Math.max(at.ann! / frameRate + settleSec, shown.frameIndex / frameRate + 1) + lateSec;
    console.log(JSON.stringify(found));
    expect(found.black).toEqual([]);
    expect(found.freeze.filter(([from, to]) => from > firstSec || to > firstSec)).toEqual([]);
    expect(found.silence).toHaveLength(1);
    expect(found.silence[0]![0]).toBeLessThan(0.2);
    expect(found.silence[0]![1]).toBeGreaterThan(at.ann! / frameRate);
    expect(found.silence[0]![1]).toBeLessThan(firstSec);
  });
});

describe('9 wrap', () => {
  it('sequence numbers and timestamps that wrap lose no packet and ask for no keyframe', () => {
    const stats = program.log
      .of('stats')
      .flatMap((event) => event.stats.sources)
      .filter(({ sourceId }) => sourceId === `source-${bob.camera.ssrc}`);
    expect(stats.length).toBeGreaterThan(0);
    expect(stats.at(-1)).toMatchObject({ lostPacketCount: 0, decoderRestartCount: 0 });
    const counters = frames
      .slice(Math.ceil(at.bob!), Math.floor(at.cy!))
      .map((frame) => tileOf(frame, bob)?.counter)
      .filter((one) => one !== undefined);
    const steps = counters.slice(1).map((counter, index) => counterStep(counters[index]!, counter));
    expect(steps.length).toBeGreaterThan(frameRate);
    expect(Math.max(...steps)).toBeLessThan(10 + lateSec * frameRate);
  });
});

describe('10 layout', () => {
  it('the speaker is large within 700 ms of the decision, and an interjection changes nothing', () => {
    const large = frames.map(({ tiles }) => tiles.toSorted((a, b) => b.rect.width - a.rect.width)[0]);
    const told = program.log.of('spotlightChanged').find(({ participantId }) => participantId === bob.id)!;
    const switched = large.findIndex((tile, index) => index > at.speaker! && tile?.identity === bob.clip.identity);
    const [leadSec, waitSec] = [told.decidedFrameIndex - at.speaker!, switched - told.decidedFrameIndex].map(
      (frameCount) => frameCount / frameRate,
    ) as [number, number];
    console.log(`decided ${leadSec.toFixed(2)} s after the speaker was told, large ${waitSec.toFixed(2)} s after that`);
    expect(large[Math.floor(at.speaker!)]?.participantId).toBe(ann.id);
    expect(Math.abs(switched - told.frameIndex)).toBeLessThanOrEqual(1 + lateSec * frameRate);
    // It is decided half a second after somebody has begun to lead.
    expect(leadSec).toBeGreaterThan(0.4);
    expect(leadSec).toBeLessThan(0.6 + lateSec);
    expect(waitSec).toBeLessThanOrEqual(0.7 + lateSec);
    const largeIds = large.slice(switched, Math.floor(at.left!)).map((tile) => tile?.participantId);
    expect(new Set(largeIds)).toEqual(new Set([bob.id]));
  });
});

describe('13 time', () => {
  it('program time and capture time differ by the playout delay, to 100 ms', () => {
    // The last picture of each counter tells when it was captured: the last round of the clip.
    const differencesMs = frames.slice(-4 * frameRate).flatMap((frame) => {
      const counter = tileOf(frame, ann)?.counter;
      const capturedMs = counter === undefined ? undefined : ann.camera.capturedWallMs(counter);
      if (capturedMs === undefined) return [];
      return [program.frameZeroWallMs + (frame.index * 1000) / frameRate - capturedMs];
    });
    differencesMs.sort((a, b) => a - b);
    const p95 = differencesMs[Math.floor(differencesMs.length * 0.95)]!;
    console.log(`captured ${differencesMs[0]!.toFixed(0)} to ${p95.toFixed(0)} ms before the program's time of it`);
    expect(differencesMs.length).toBeGreaterThan(30);
    expect(Math.abs(differencesMs[differencesMs.length >> 1]! - delaySec * 1000)).toBeLessThan(100);
  });
});
