/** Acceptance tests 6 and 12: whatever happens on stage the program goes on, and however it ends nothing is left of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Churn, type ChurnClips, troubles } from '../../support/mixer-acceptance/churn.ts';
import { makeClip } from '../../support/mixer-acceptance/clip.ts';
import { judgePictures, type JudgedFrame, startTicks } from '../../support/mixer-acceptance/judge.ts';
import { acceptanceCanvas, audioId, LiveProgram, videoId } from '../../support/mixer-acceptance/live-program.ts';
import { assertNoneLeft, processTree } from '../../support/processes.ts';

const { frameRate } = acceptanceCanvas;
const momentSec = 2;
const momentCount = troubles.length + 2;

let clips: ChurnClips;
beforeAll(async () => {
  const people = [];
  for (const index of [1, 2, 3]) people.push(await makeClip({ identity: index, toneHz: 400 + 100 * index }));
  clips = {
    people,
    small: await makeClip({ identity: 1, toneHz: 500, width: 160, height: 90 }),
    upright: await makeClip({ identity: 1, toneHz: 500, width: 180, height: 320 }),
    screen: await makeClip({ identity: 1, toneHz: 500, frameRate: 1 }),
  };
});

describe('a program with somebody coming or going and something going wrong every two seconds', () => {
  let program: LiveProgram;
  let churn: Churn;
  let frames: JudgedFrame[];
  let endFrame: number;
  let endedAtFrame: number;
  let pids: number[];

  beforeAll(async () => {
    program = await LiveProgram.start();
    churn = new Churn(program, clips);
    for (let moment = 0; moment < momentCount; moment++) {
      await program.until(1 + momentSec * moment);
      churn.next();
    }
    // Not on any grid of seconds, frames or segments.
    await program.until(1 + momentSec * momentCount + 0.77);
    endFrame = program.frameNow();
    pids = processTree(program.pid).map(({ pid }) => pid);
    expect(await program.stop()).toBe(0);
    endedAtFrame = program.frameNow();
    frames = await judgePictures(program.log.media(videoId), program.log.of('layoutApplied'));
  });
  afterAll(() => program.close());

  it('went through everything', () => {
    expect(new Set(churn.happened)).toEqual(new Set(troubles.map(({ name }) => name)));
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

  it('asked for keyframes at most once a second and camera', () => {
    const requests = program.log.of('keyframeNeeded');
    const perSource = Map.groupBy(requests, ({ sourceId }) => sourceId);
    for (const [sourceId, ofSource] of perSource) {
      expect(ofSource.length, sourceId).toBeLessThanOrEqual(1 + momentSec * momentCount);
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
