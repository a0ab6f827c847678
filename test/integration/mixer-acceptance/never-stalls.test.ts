/** Acceptance tests 6 and 12: whatever happens on stage the program goes on, and however it ends nothing is left of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyframeRequestLimits } from '../../../src/mixer/input/keyframe-requester.ts';
import { Churn, momentSec } from '../../support/mixer-acceptance/churn.ts';
import { makeClip } from '../../support/mixer-acceptance/clip.ts';
import { judgePictures, type JudgedFrame, startTicks } from '../../support/mixer-acceptance/judge.ts';
import { acceptanceCanvas, audioId, LiveProgram, videoId } from '../../support/mixer-acceptance/live-program.ts';
import {
  type ChurnClips,
  layerChange,
  otherSsrc,
  roundSec,
  troubles,
} from '../../support/mixer-acceptance/troubles.ts';
import { assertNoneLeft, processTree } from '../../support/processes.ts';

const { frameRate } = acceptanceCanvas;
const roundCount = 2;
const churnSec = roundCount * roundSec;
/** A stall is of seconds; a machine with other things to do holds a picture up for tenths of one. */
const maxOutputGapMs = 2000;
/** A picture group, the playout delay, a decoder's start. */
const movesAgainSec = 2;

let clips: ChurnClips;
beforeAll(async () => {
  const people = [];
  for (const index of [1, 2, 3, 4]) people.push(await makeClip({ identity: index, toneHz: 400 + 100 * index }));
  clips = {
    people,
    large: await makeClip({ identity: 1, toneHz: 500, width: 1280, height: 720 }),
    upright: await makeClip({ identity: 1, toneHz: 500, width: 180, height: 320 }),
    screen: await makeClip({ identity: 1, toneHz: 500, frameRate: 1 }),
  };
});

describe('a program of three minutes with somebody coming or going every two seconds and several things going wrong', () => {
  let program: LiveProgram;
  let churn: Churn;
  let frames: JudgedFrame[];
  let endFrame: number;
  let endedAtFrame: number;
  let longestOutputGapMs: number;
  let pids: number[];

  beforeAll(async () => {
    program = await LiveProgram.start();
    churn = new Churn(program, clips);
    for (let second = 0; second < churnSec; second++) {
      await program.until(1 + second);
      churn.next();
    }
    // Not on any grid of seconds, frames or segments.
    await program.until(1 + churnSec + 0.77);
    longestOutputGapMs = program.longestOutputGapMs;
    endFrame = program.frameNow();
    pids = processTree(program.pid).map(({ pid }) => pid);
    expect(await program.stop()).toBe(0);
    endedAtFrame = program.frameNow();
    frames = await judgePictures(program.log.media(videoId), program.log.of('layoutApplied'));
  }, 600_000);
  afterAll(() => program.close());

  it('went through everything, each as long as it has to last', () => {
    expect(churn.toggleCount).toBeGreaterThanOrEqual((roundCount * (roundSec - 4)) / momentSec);
    for (const { name, fromSec, untilSec } of troubles) {
      const happened = churn.happened.filter((happening) => happening.name === name);
      const begins = happened.filter(({ phase }) => phase === 'begin');
      const ends = happened.filter(({ phase }) => phase === 'end');
      expect(begins, name).toHaveLength(roundCount);
      expect(ends, name).toHaveLength(untilSec === undefined ? 0 : roundCount);
      for (const [index, { atFrame }] of ends.entries())
        expect((atFrame - begins[index]!.atFrame) / frameRate, name).toBeGreaterThan(untilSec! - fromSec - 0.5);
    }
  });

  it('gave out pictures all the time: never seconds without one', () => {
    const percent = (100 * program.repeatedRatio).toFixed(2);
    console.log(`longest gap ${longestOutputGapMs.toFixed(0)} ms, ${percent} % of pictures repeated`);
    expect(longestOutputGapMs).toBeLessThan(maxOutputGapMs);
  });

  it('after a change of SSRC and after every switch of layers the right picture moves on within two seconds', () => {
    const changes = churn.happened.filter(({ name, phase }) =>
      name === otherSsrc ? true : name === layerChange && phase !== 'end',
    );
    expect(changes.length).toBeGreaterThanOrEqual(roundCount * 9);
    // Until then what was captured before is shown.
    const oldUntilSec = 0.5;
    const lateSec = longestOutputGapMs / 1000;
    for (const { name, atFrame, participantId } of changes) {
      const from = Math.ceil(atFrame + oldUntilSec * frameRate);
      const until = Math.ceil(atFrame + (movesAgainSec + lateSec) * frameRate);
      const counters = frames
        .slice(from, until)
        .flatMap(({ tiles }) => tiles)
        .filter((tile) => tile.participantId === participantId && tile.identity === clips.people[0]!.identity)
        .map(({ counter }) => counter);
      expect(new Set(counters).size, `${name} at frame ${atFrame.toFixed(0)}`).toBeGreaterThan(2);
    }
  });

  it('wrote a picture every thirtieth of a second and every sample, without a break', () => {
    const video = startTicks(program.log.media(videoId));
    const audio = startTicks(program.log.media(audioId));
    expect(video.slice(1).filter((tick, index) => tick - video[index]! !== 3000)).toEqual([]);
    expect(audio.slice(1).filter((tick, index) => tick - audio[index]! !== 1024)).toEqual([]);
    expect(Math.abs(audio.length * 1024 - video.length * 1600)).toBeLessThan(4 * 1024);
    expect(program.log.of('runEnded')).toEqual([]);
  });

  it('never showed anybody in a tile of somebody else', () => {
    const wrong = frames.flatMap(({ tiles }) =>
      tiles.filter(({ identity, participantId }) => identity !== undefined && participantId !== `panelist-${identity}`),
    );
    expect(wrong).toEqual([]);
    expect(frames.filter(({ tiles }) => tiles.some(({ identity }) => identity !== undefined)).length).toBeGreaterThan(
      frames.length / 2,
    );
  });

  it('asked for keyframes of a camera once a second in the long run, and never twice within half a second', () => {
    const { intervalMs, afterLossIntervalMs, burst } = keyframeRequestLimits;
    // We hear of a request as late as of a picture.
    const lateMs = longestOutputGapMs;
    const perSource = [...program.keyframeRequestsMs];
    expect(perSource.filter(([, timesMs]) => timesMs.length > 1).length).toBeGreaterThan(0);
    for (const [sourceId, timesMs] of perSource) {
      for (const [first, fromMs] of timesMs.entries()) {
        for (const [count, untilMs] of timesMs.slice(first).entries()) {
          const spanMs = untilMs - fromMs + lateMs;
          expect(1 + count, sourceId).toBeLessThanOrEqual(spanMs / intervalMs + burst + 1);
          if (count === 1) expect(spanMs, sourceId).toBeGreaterThanOrEqual(afterLossIntervalMs);
        }
      }
    }
  });

  it('on stop at any moment wrote everything up to it, within a second, and left no process', async () => {
    // Every picture was decoded above, the last one too.
    expect(frames).toHaveLength(startTicks(program.log.media(videoId)).length);
    expect(endFrame - frames.length).toBeLessThan(frameRate);
    expect((endedAtFrame - endFrame) / frameRate).toBeLessThan(15);
    await assertNoneLeft(pids);
  });
});

describe('a program whose process is killed while everybody is on stage', () => {
  it('leaves no decoder and no encoder five seconds later', async () => {
    const program = await LiveProgram.start();
    try {
      const people = clips.people.map((clip) => program.join(clip));
      await program.log.until(
        'every camera in a tile',
        () => program.log.of('layoutApplied').at(-1)?.tiles.length === people.length,
        30_000,
      );
      const pids = processTree(program.pid).map(({ pid }) => pid);
      expect(pids.length).toBeGreaterThan(people.length + 1);
      process.kill(program.pid, 'SIGKILL');
      await assertNoneLeft(pids, 5000);
    } finally {
      program.close();
    }
  });
});
