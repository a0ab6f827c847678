import { beforeAll, describe, expect, it } from 'vitest';
import { isSyncSample, parseFragment, parseInitSegment } from '../../../src/media/fmp4/index.ts';
import { type EventLog } from '../../support/mixer/event-log.ts';
import { decodeAudio, decodeVideo, isColour, toneLevelDb } from '../../support/mixer/judge.ts';
import { type Moment, person, playProgram, sourceOf } from '../../support/mixer/play-program.ts';
import { type SyntheticContent, type SyntheticSourceBank } from '../../support/mixer/synthetic-source-bank.ts';

const contents = new Map<string, SyntheticContent>([
  ['a', { colour: { r: 200, g: 40, b: 40 }, toneHz: 440, amplitude: 0.25 }],
  ['b', { colour: { r: 40, g: 180, b: 60 }, toneHz: 1100, amplitude: 0.25 }],
  ['c', { colour: { r: 60, g: 60, b: 210 }, toneHz: 2200, amplitude: 0.25 }],
]);
const startTimeSec = 12;
const frameCount = 240;
/** The program's centre points: stage with and without a strip, and the strip's places for two and three people. */
const stageCentre = { x: 480, y: 360 };
const soloCentre = { x: 640, y: 250 };

const moments: Moment[] = [
  {
    frame: 30,
    act: ({ run }) => {
      for (const participantId of contents.keys()) {
        run.handle({ type: 'addSource', source: sourceOf(participantId, 'camera') });
        run.handle({ type: 'addSource', source: sourceOf(participantId, 'microphone') });
      }
      run.handle({ type: 'setParticipants', participants: [person('a'), person('b'), person('c')] });
    },
  },
  { frame: 75, act: ({ run }) => run.handle({ type: 'setSpeaker', participantId: 'b' }) },
  {
    frame: 120,
    act: ({ run }) =>
      run.handle({
        type: 'setParticipants',
        participants: [person('a'), person('b', { isMicrophoneOn: false }), person('c', { isCameraOn: false })],
      }),
  },
  { frame: 150, act: ({ run }) => run.handle({ type: 'setParticipants', participants: [person('b')] }) },
  { frame: 210, act: ({ run }) => run.handle({ type: 'setParticipants', participants: [] }) },
];

describe('a program with known content', () => {
  let log: EventLog;
  let bank: SyntheticSourceBank;
  beforeAll(async () => {
    const program = await playProgram(contents, moments, frameCount, { startTimeSec });
    log = program.log;
    bank = program.bank();
  });

  it('has every frame and every sample: 240 frames, 8 s of sound within one AAC frame', async () => {
    const video = await decodeVideo(log.media('video-720p'));
    expect(video.frameCount).toBe(frameCount);
    const audio = await decodeAudio(log.media('audio-main'));
    expect(Math.abs(audio.length - 1024 - frameCount * 1600)).toBeLessThanOrEqual(1024);
  });

  it('begins at the start time exactly, runs on without a hole, and has keyframes on the grid and nowhere else', () => {
    const { init, fragments } = log.media('video-720p');
    const track = parseInitSegment(init);
    expect(track).toMatchObject({ kind: 'video', width: 1280, height: 720, timescaleHz: 90_000 });
    fragments.forEach((bytes, index) => {
      const fragment = parseFragment(bytes, track);
      expect(fragment.startTicks).toBe(startTimeSec * 90_000 + index * 3000);
      expect(fragment.samples).toHaveLength(1);
      expect(isSyncSample(fragment.samples[0]!)).toBe(index % 60 === 0);
    });
  });

  it('has sound that begins one priming frame before the start time and runs on without a hole', () => {
    const { init, fragments } = log.media('audio-main');
    const track = parseInitSegment(init);
    fragments.forEach((bytes, index) => {
      expect(parseFragment(bytes, track).startTicks).toBe(startTimeSec * 48_000 + (index - 1) * 1024);
    });
  });

  it('shows the right person in the right place in every frame', async () => {
    const video = await decodeVideo(log.media('video-720p'));
    const colour = (id: string) => contents.get(id)!.colour;
    const check = (from: number, to: number, point: { x: number; y: number }, id: string) => {
      for (let frame = from; frame < to; frame++) {
        const actual = video.colourAt(frame, point.x, point.y);
        expect(isColour(actual, colour(id)), `${id} in frame ${frame}: ${JSON.stringify(actual)}`).toBe(true);
      }
    };
    const upper = { x: 1120, y: 240 };
    const lower = { x: 1120, y: 420 };
    // Seen one frame after their sources are asked for pictures. b speaks from frame 75, but a, who came at 30, keeps the spotlight for its two seconds.
    check(31, 90, stageCentre, 'a');
    check(31, 90, upper, 'b');
    check(91, 150, stageCentre, 'b');
    check(91, 150, upper, 'a');
    check(31, 120, lower, 'c');
    check(150, 210, soloCentre, 'b');
    for (const frame of [...Array(30).keys(), ...Array.from({ length: 30 }, (_, index) => 210 + index)]) {
      for (const id of contents.keys()) expect(isColour(video.colourAt(frame, 480, 300), colour(id))).toBe(false);
    }
    for (let frame = 121; frame < 150; frame++) {
      expect(isColour(video.colourAt(frame, lower.x - 100, lower.y), colour('c'))).toBe(false);
    }
  });

  it('sounds each tone while its microphone is on and is silent below -60 dBFS otherwise', async () => {
    const samples = (await decodeAudio(log.media('audio-main'))).subarray(1024);
    const levelDb = (fromFrame: number, toFrame: number, id: string) =>
      toneLevelDb(samples.subarray(fromFrame * 1600, toFrame * 1600), contents.get(id)!.toneHz);
    // Brought to -18 LUFS within seconds, less what three at once are too loud; a tone of 2200 Hz weighs more than one of 440.
    const isAudible = (level: number) => level > -24 && level < -12;
    for (const id of contents.keys()) {
      expect(levelDb(0, 28, id)).toBeLessThan(-60);
      expect(levelDb(66, 117, id)).toSatisfy(isAudible);
    }
    expect(levelDb(123, 147, 'a')).toSatisfy(isAudible);
    expect(levelDb(123, 147, 'b')).toBeLessThan(-60);
    for (const id of ['a', 'c']) expect(levelDb(153, 207, id)).toBeLessThan(-60);
    expect(levelDb(153, 207, 'b')).toSatisfy(isAudible);
    for (const id of contents.keys()) expect(levelDb(213, 240, id)).toBeLessThan(-60);
  });

  it('tells the spotlight, the tile sizes and the end, in order', () => {
    expect(log.of('spotlightChanged').map((event) => event.participantId)).toEqual(['a', 'b', null]);
    expect(log.of('tileSizeChanged').map(({ sourceId, size }) => [sourceId, size?.width])).toEqual([
      ['a-camera', 960],
      ['b-camera', 320],
      ['c-camera', 320],
      ['b-camera', 960],
      ['a-camera', 320],
      ['a-camera', undefined],
      ['c-camera', undefined],
      ['b-camera', undefined],
    ]);
    expect(log.of('stats').at(-1)?.stats).toMatchObject({ frameCount: 150, repeatedFrameCount: 0, lateTickCount: 0 });
    expect(log.events.at(-1)).toEqual({ type: 'stopped', reason: 'end of the script' });
    expect(log.of('runStarted')).toEqual([
      {
        type: 'runStarted',
        runIndex: 0,
        startTimeSec,
        frameZeroWallMs: Date.UTC(2026, 0, 1),
        renditionIds: ['video-720p', 'audio-main'],
      },
    ]);
    expect(bank.closeReason).toBe('end of the script');
  });
});

describe('a camera that freezes', () => {
  it('keeps its last picture for 5 s, then shows the avatar', async () => {
    const script: Moment[] = [
      {
        frame: 10,
        act: ({ run, bank }) => {
          run.handle({ type: 'addSource', source: sourceOf('a', 'camera') });
          run.handle({ type: 'setParticipants', participants: [person('a')] });
          bank().freeze('a-camera');
        },
      },
    ];
    const { log } = await playProgram(contents, script, 175);
    const video = await decodeVideo(log.media('video-720p'));
    const isShown = (frame: number) =>
      isColour(video.colourAt(frame, soloCentre.x, soloCentre.y), contents.get('a')!.colour);
    // Asked for a picture in frame 10.
    for (let frame = 11; frame < 159; frame++) expect(isShown(frame)).toBe(true);
    for (let frame = 161; frame < 175; frame++) expect(isShown(frame)).toBe(false);
  });
});
