import { beforeAll, describe, expect, it } from 'vitest';
import { type LayoutRequest } from '../../../src/mixer/layout-contract.ts';
import { decodeVideo, isColour } from '../../support/mixer/judge.ts';
import { type Moment, person, playProgram, sourceOf } from '../../support/mixer/play-program.ts';
import { type SyntheticContent } from '../../support/mixer/synthetic-source-bank.ts';

const content = (r: number, g: number, b: number): SyntheticContent => ({
  colour: { r, g, b },
  toneHz: 440,
  amplitude: 0.1,
});
const contents = new Map<string, SyntheticContent>([
  ['a', content(200, 40, 40)],
  ['b', content(40, 180, 60)],
  ['c', content(60, 60, 210)],
  ['d', content(200, 190, 40)],
  ['e', content(40, 180, 190)],
  ['a/screen', content(230, 230, 230)],
]);
const people = ['a', 'b', 'c', 'd', 'e'];

const order = (frame: number, requestId: string, layout: LayoutRequest): Moment => ({
  frame,
  act: ({ run }) => run.handle({ type: 'setLayout', requestId, layout }),
});

const script: Moment[] = [
  {
    frame: 5,
    act: ({ run }) => {
      for (const id of people) run.handle({ type: 'addSource', source: sourceOf(id, 'camera') });
      run.handle({ type: 'setParticipants', participants: people.map((id) => person(id)) });
    },
  },
  order(25, 'grid', { mode: 'fixed', name: 'grid' }),
  order(35, 'side by side', { mode: 'fixed', name: 'side-by-side', pinnedIds: ['d'] }),
  order(45, 'solo', { mode: 'fixed', name: 'solo', pinnedIds: ['e'] }),
  order(55, 'screen too early', { mode: 'fixed', name: 'screen-pip' }),
  { frame: 75, act: ({ run }) => run.handle({ type: 'addSource', source: sourceOf('a', 'screen') }) },
  order(95, 'strip', { mode: 'fixed', name: 'screen-strip' }),
  order(105, 'nothing new', { mode: 'auto' }),
  { frame: 125, act: ({ run }) => run.handle({ type: 'removeSource', sourceId: 'a-screen' }) },
  {
    frame: 145,
    act: ({ run }) => {
      run.handle({ type: 'removeSource', sourceId: 'a-camera' });
      run.handle({ type: 'setParticipants', participants: ['b', 'c', 'd', 'e'].map((id) => person(id)) });
    },
  },
  order(165, 'blended', { mode: 'fixed', name: 'solo', pinnedIds: ['c'], crossfade: true }),
];
const frameCount = 190;
const startTimeSec = 20;

describe('a program whose layout changes live', () => {
  let log: Awaited<ReturnType<typeof playProgram>>['log'];
  let video: Awaited<ReturnType<typeof decodeVideo>>;
  beforeAll(async () => {
    ({ log } = await playProgram(contents, script, frameCount, { startTimeSec }));
    video = await decodeVideo(log.media('video-720p'));
  }, 60_000);

  it('tells every layout by its name, people in the order of the tiles, and which order it fulfils', () => {
    const told = log.of('layoutApplied').map(({ requestId, name, participantIds, hiddenCount }) => {
      return [requestId, name, participantIds.join(''), hiddenCount];
    });
    expect(told).toEqual([
      [null, 'spotlight', 'abcde', 0],
      ['grid', 'grid', 'abcde', 0],
      ['side by side', 'side-by-side', 'dacbe', 0],
      ['solo', 'solo', 'e', 4],
      ['screen too early', 'spotlight', 'aecbd', 0],
      [null, 'screen-pip', 'aa', 4],
      ['strip', 'screen-strip', 'aaecbd', 0],
      ['nothing new', 'screen-strip', 'aaecbd', 0],
      [null, 'spotlight', 'aecbd', 0],
      [null, 'spotlight', 'becd', 0],
      ['blended', 'solo', 'c', 3],
    ]);
  });

  it('shows each in its rectangle from the frame told on, until the frame before the next', () => {
    const cuts = log.of('layoutApplied').filter(({ requestId }) => requestId !== 'blended');
    cuts.forEach(({ tiles, frameIndex, name }, index) => {
      const endFrame = cuts[index + 1]?.frameIndex ?? 165;
      for (let frame = frameIndex; frame < endFrame; frame++) {
        for (const { participantId, content, rect } of tiles) {
          const key = content === 'screen' ? `${participantId}/screen` : participantId;
          const actual = video.colourAt(frame, rect.x + rect.width / 2, rect.y + rect.height / 4);
          const isShown = isColour(actual, contents.get(key)!.colour);
          expect(isShown, `${key} of ${name} in frame ${frame}: ${JSON.stringify(actual)}`).toBe(true);
        }
      }
    });
  });

  it('tells the frame and its media time, within a frame of the order', () => {
    const told = log.of('layoutApplied');
    const orders = script.filter(({ frame }) => [25, 35, 45, 55, 95, 105].includes(frame)).map(({ frame }) => frame);
    const answers = told.filter(({ requestId }) => requestId !== null && requestId !== 'blended');
    // Cameras that were in no tile or in a smaller one are waited for: with this bank, for one frame.
    answers.forEach(({ frameIndex }, index) => {
      expect(frameIndex - orders[index]!).toBeGreaterThanOrEqual(0);
      expect(frameIndex - orders[index]!).toBeLessThanOrEqual(1);
    });
    for (const { frameIndex, mediaTimeSec } of told)
      expect(mediaTimeSec).toBeCloseTo(startTimeSec + frameIndex / 30, 6);
    expect(told.map(({ frameIndex }) => frameIndex)).toEqual(
      told.map(({ frameIndex }) => frameIndex).toSorted((a, b) => a - b),
    );
  });

  it('a leaver is off the program within 500 ms, and no frame shows an avatar meanwhile', () => {
    const gone = log.of('layoutApplied').find(({ participantIds }) => participantIds.length === 4)!;
    expect(gone.frameIndex - 145).toBeLessThanOrEqual(15);
  });

  it('blends over 250 ms when asked to: old and new in between, the new alone afterwards', () => {
    const { frameIndex } = log.of('layoutApplied').at(-1)!;
    const { colour } = contents.get('c')!;
    const at = (frame: number) => video.colourAt(frame, 640, 60);
    expect(isColour(at(frameIndex - 1), colour)).toBe(false);
    expect(isColour(at(frameIndex + 3), colour)).toBe(false);
    expect(isColour(at(frameIndex + 3), at(frameIndex - 1))).toBe(false);
    for (let frame = frameIndex + 8; frame < frameCount; frame++) expect(isColour(at(frame), colour)).toBe(true);
  });
});
