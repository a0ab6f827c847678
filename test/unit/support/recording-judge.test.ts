/** The judge of recordings must itself be judged: a right recording passes, and each wrong one is told by what is wrong. */
import { describe, expect, it } from 'vitest';
import { createTone, drawPattern, fillI420 } from '../../support/pattern/index.ts';
import {
  type Expectation,
  type JudgedManifest,
  type KnownPerson,
  type RecordedContent,
  judgeRecording,
  readPicture,
} from '../../support/recording-judge/index.ts';
import { programTiles } from '../../support/viewer-page.ts';

const ada: KnownPerson = { name: 'Ada', identity: 3, toneHz: 440 };
const bob: KnownPerson = { name: 'Bob', identity: 9, toneHz: 880 };
const people = [ada, bob];
const frameCount = 300;
const startAtMs = 1_800_000_000_000;
const durationSec = 16;
const size = { width: 640, height: 360 };
const picturesPerSec = 10;

/** Two seconds of program are missing from second 8 on. */
const manifest: JudgedManifest = {
  durationSec,
  mediaStartedAtMs: startAtMs,
  gaps: [
    {
      ...{ startSec: 8, endSec: 10, startAtMs: startAtMs + 8000, endAtMs: startAtMs + 10_000, lostMs: 2000 },
      ...{ cause: 'MIXER_EXITED', renditionIds: ['v720'] },
    },
  ],
  speakers: [turn(ada, 0, 4), turn(bob, 4, 8), turn(ada, 8, 16)],
};

function turn({ name }: KnownPerson, startSec: number, endSec: number) {
  return {
    ...{ participantId: name, displayName: name, startSec, endSec },
    ...{ startAtMs: startAtMs + startSec * 1000, endAtMs: startAtMs + endSec * 1000 },
  };
}

function phase(what: string, fromSec: number, toSec: number, view: Expectation['phases'][number]['view']) {
  return { what, view, fromWallMs: startAtMs + fromSec * 1000, toWallMs: startAtMs + toSec * 1000 };
}

const expected: Expectation = {
  people,
  frameCount,
  phases: [
    phase('Ada speaks', 1, 4, { large: ada, small: bob, heard: [ada] }),
    phase('Bob speaks', 5, 8, { large: bob, small: ada, heard: [bob] }),
    phase('camera off', 10.5, 13, { large: ada, small: 'avatar', heard: [ada] }),
    phase('alone', 13.5, 16, { large: ada, small: 'nobody', heard: [ada] }),
  ],
};

/** What one moment of the recording is made of. */
interface Moment {
  readonly large: KnownPerson | undefined;
  readonly largeTile: 'stage' | 'alone';
  readonly small: KnownPerson | 'avatar' | 'nobody';
  readonly heard: readonly KnownPerson[];
  /** Frames since the start, as the cameras count them. */
  readonly counter: number;
}

function rightMoment(timeSec: number): Moment {
  const base = { largeTile: 'stage', counter: Math.round(timeSec * 30) } as const;
  if (timeSec < 4) return { ...base, large: ada, small: bob, heard: [ada] };
  if (timeSec < 8) return { ...base, large: bob, small: ada, heard: [bob] };
  if (timeSec < 10) return { ...base, large: undefined, small: 'nobody', heard: [] };
  if (timeSec < 13) return { ...base, large: ada, small: 'avatar', heard: [ada] };
  return { ...base, large: ada, largeTile: 'alone', small: 'nobody', heard: [ada] };
}

function draw(moment: Moment) {
  const picture = new Uint8Array((size.width * size.height * 3) / 2).fill(30);
  const put = (name: keyof typeof programTiles, person: KnownPerson) => {
    const tile = programTiles[name];
    const width = tile.width * size.width;
    const height = tile.height * size.height;
    const pattern = drawPattern({ identity: person.identity, counter: moment.counter % frameCount }, width, height);
    for (let row = 0; row < height; row++)
      picture.set(
        pattern.subarray(row * width, (row + 1) * width),
        (tile.y * size.height + row) * size.width + tile.x * size.width,
      );
  };
  if (moment.large !== undefined) put(moment.largeTile, moment.large);
  if (typeof moment.small === 'object') put('thumbnail', moment.small);
  if (moment.small === 'avatar') {
    const { x, y, width, height } = programTiles.thumbnail;
    const disc = {
      ...{ x: (x + 0.4 * width) * size.width, y: (y + 0.4 * height) * size.height },
      ...{ width: 0.2 * width * size.width, height: 0.2 * height * size.height },
    };
    fillI420(picture, size.width, size.height, disc, { y: 150, u: 128, v: 128 });
  }
  return { data: picture.subarray(0, size.width * size.height), ...size, bytesPerPixel: 1 as const };
}

const tones = new Map(
  people.map((person) => [person, createTone({ frequencyHz: person.toneHz, durationMs: durationSec * 1000 })]),
);

/** The recording in which every moment is what `change` makes of the right one. */
function record(change: (moment: Moment, timeSec: number) => Moment = (moment) => moment): RecordedContent {
  const pictures = Array.from({ length: durationSec * picturesPerSec }, (_, index) => {
    const timeSec = index / picturesPerSec;
    return readPicture(draw(change(rightMoment(timeSec), timeSec)), timeSec);
  });
  const samples = new Float32Array(durationSec * 48_000);
  const blockSamples = 2400;
  for (let start = 0; start < samples.length; start += blockSamples) {
    const timeSec = start / 48_000;
    const { heard } = change(rightMoment(timeSec), timeSec);
    for (const person of heard)
      for (let index = start; index < start + blockSamples; index++) samples[index]! += tones.get(person)![index]!;
  }
  return { pictures, samples };
}

/** From 2.0 s on for `lengthSec`, inside the phase in which Ada speaks. */
function within(startSec: number, lengthSec: number, change: (moment: Moment) => Moment) {
  return record((moment, timeSec) =>
    timeSec >= startSec - 1e-9 && timeSec < startSec + lengthSec - 1e-9 ? change(moment) : moment,
  );
}

function problemsOf(content: RecordedContent, other: Partial<Expectation> = {}): string[] {
  return judgeRecording(content, manifest, { ...expected, ...other });
}

describe('judgeRecording', () => {
  it('finds nothing wrong with the right recording', () => {
    expect(problemsOf(record())).toEqual([]);
  });

  it('does not judge what lies between the phases, where changes settle', () => {
    expect(problemsOf(within(4, 0.9, (moment) => ({ ...moment, large: undefined, heard: people })))).toEqual([]);
  });

  it.each<[string, RecordedContent, RegExp]>([
    [
      'a muted tone that is still heard for a tenth of a second',
      within(2, 0.1, (moment) => ({ ...moment, heard: people })),
      /"Ada speaks" Bob is heard in 1 of \d+ windows at 2.0 s/,
    ],
    [
      'a speaker who falls silent for more than half of the time',
      within(6, 1.5, (moment) => ({ ...moment, heard: [] })),
      /"Bob speaks" Bob is silent in 15 of/,
    ],
    [
      'the wrong person in the spotlight, once',
      within(2, 0.1, (moment) => ({ ...moment, large: bob, small: ada })),
      /"Ada speaks" at 2.0 s: identity 9 in the large tile, not Ada/,
    ],
    [
      'a large tile that cannot be read now and then',
      record((moment, timeSec) => (Math.round(timeSec * 10) % 20 === 0 ? { ...moment, large: undefined } : moment)),
      /the large tile can be read in 90 of all 94 pictures/,
    ],
    [
      'a small tile that is missing',
      within(1, 3, (moment) => ({ ...moment, small: 'nobody' })),
      /"Ada speaks" the small tile can be read in 0 of/,
    ],
    [
      'a camera that is off and still seen',
      within(11, 0.2, (moment) => ({ ...moment, small: bob })),
      /"camera off" at 11.1 s: a camera's picture in the small tile/,
    ],
    [
      'a camera that is off with nothing in its place',
      within(10.5, 2.5, (moment) => ({ ...moment, small: 'nobody' })),
      /"camera off" no avatar/,
    ],
    [
      'somebody who left and is still seen',
      within(14, 0.2, (moment) => ({ ...moment, small: bob, largeTile: 'stage' })),
      /"alone" at 14.0 s: a strip beside the large tile/,
    ],
    [
      'a picture that goes back in time',
      within(6, 0.1, (moment) => ({ ...moment, counter: moment.counter - 20 })),
      /"Bob speaks" at 6.0 s: the large tile goes back in time/,
    ],
    [
      'somebody whom nobody knows',
      within(4.2, 0.1, (moment) => ({ ...moment, small: { name: 'Eve', identity: 5, toneHz: 700 } })),
      /at 4.2 s: identity 5, whom nobody knows/,
    ],
  ])('tells of %s', (_what, content, problem) => {
    expect(problemsOf(content).join('\n')).toMatch(problem);
  });

  it('tells of a picture that stands still for longer than four seconds', () => {
    const phases = [phase('long', 1, 8, { large: ada, small: bob, heard: [ada] })];
    const stopsAfter = (stopSec: number) =>
      problemsOf(
        record((_moment, timeSec) => ({ ...rightMoment(2), counter: Math.round(30 * Math.min(timeSec, stopSec)) })),
        { phases },
      ).filter((problem) => problem.includes('stands still'));
    expect(stopsAfter(3.5)).toEqual([]);
    expect(stopsAfter(2)[0]).toBe('"long" at 6.1 s: the large tile stands still');
  });

  it('tells of sound above full scale, of sound that ends early, and of pictures that end early', () => {
    const loud = record();
    loud.samples[5 * 48_000] = 1.2;
    expect(problemsOf(loud)).toEqual(['samples above full scale']);
    const { pictures, samples } = record();
    expect(problemsOf({ pictures, samples: samples.subarray(0, 15 * 48_000) }).join('\n')).toMatch(/15.00 s of sound/);
    expect(problemsOf({ pictures: pictures.slice(0, 150), samples }).join('\n')).toMatch(
      /pictures until 14.9 s of 16 s/,
    );
  });

  it('tells of a phase that the recording does not hold, and of phases that are too little of it', () => {
    const after = phase('after the end', 20, 23, expected.phases[0]!.view);
    expect(problemsOf(record(), { phases: [...expected.phases, after] }).join('\n')).toMatch(
      /"after the end" is -0.5 s/,
    );
    expect(problemsOf(record(), { phases: expected.phases.slice(0, 2), minCoverage: 0.5 })).toEqual([
      'only 31 % of the recording can be judged',
    ]);
  });

  it('tells of a speaker timeline that is not that of the pictures', () => {
    const speakers = [turn(bob, 0, 4), turn(ada, 4, 16)];
    expect(judgeRecording(record(), { ...manifest, speakers }, expected).join('\n')).toMatch(
      /at 1.0 s: identity 3 is large, the timeline says Bob/,
    );
  });
});
