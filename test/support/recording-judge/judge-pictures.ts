/** Judges the pictures of a recording: in every phase the right people in the right tiles, moving. Pure. */
import { type PatternReading } from '../pattern/index.ts';
import { type PictureReading } from './read-picture.ts';
import { type KnownPerson, type ProgramView } from './program-view.ts';
import { type TimedManifest } from './recording-clock.ts';
import { type SettledSpan, spanAt } from './settled-spans.ts';

export interface PictureRules {
  readonly people: readonly KnownPerson[];
  /** Frames of each camera file, which then starts over. */
  readonly frameCount: number;
}

/** Encoding and a packet lost on the way may cost a picture now and then: of all of them, and of those of one phase. */
const minReadableRatio = 0.97;
const minReadableRatioOfPhase = 0.9;
/** A camera that shows the same picture for longer stands still; less may be a browser that a busy machine starves. */
const maxStillSec = 4;
/** Initials on a coloured disc differ from their ground by far more, a background by less. */
const minAvatarContrast = 40;

/** @returns what is wrong, with times; empty when all is right */
export function judgePictures(
  pictures: readonly PictureReading[],
  spans: readonly SettledSpan[],
  manifest: TimedManifest,
  rules: PictureRules,
): string[] {
  const problems: string[] = [];
  const known = rules.people.map(({ identity }) => identity);
  for (const picture of pictures) {
    for (const reading of [picture.stage, picture.alone, picture.thumbnail])
      if (reading !== undefined && !known.includes(reading.identity))
        problems.push(`${at(picture)}: identity ${reading.identity}, whom nobody knows`);
  }
  let judgedCount = 0;
  let readCount = 0;
  for (const span of spans) {
    const inside = pictures.filter(({ timeSec }) => spanAt([span], manifest, timeSec) !== undefined);
    judgedCount += inside.length;
    readCount += inside.filter(({ stage, alone }) => (stage ?? alone) !== undefined).length;
    for (const problem of judgePhase(inside, span.phase.view, rules.frameCount))
      problems.push(`"${span.phase.what}" ${problem}`);
  }
  if (!(readCount / judgedCount >= minReadableRatio))
    problems.push(`the large tile can be read in ${readCount} of all ${judgedCount} pictures`);
  return problems;
}

function judgePhase(pictures: readonly PictureReading[], view: ProgramView, frameCount: number): string[] {
  const isAlone = view.small === 'nobody';
  const large = pictures.map((picture) => ({ ...picture, reading: isAlone ? picture.alone : picture.stage }));
  const small = pictures.map((picture) => ({ ...picture, reading: picture.thumbnail }));
  const problems = pictures
    .filter((picture) => (isAlone ? picture.stage : picture.alone) !== undefined)
    .map((picture) => `${at(picture)}: ${isAlone ? 'a strip beside' : 'no strip beside'} the large tile`);
  problems.push(...judgeTile('large', large, view.large, frameCount));
  if (view.small === undefined || typeof view.small === 'object') {
    problems.push(...judgeTile('small', small, view.small, frameCount));
  } else {
    for (const picture of small)
      if (picture.reading !== undefined) problems.push(`${at(picture)}: a camera's picture in the small tile`);
  }
  if (view.small === 'avatar') {
    const drawn = small.filter(({ thumbnailContrast }) => thumbnailContrast >= minAvatarContrast);
    if (!(drawn.length / small.length >= minReadableRatioOfPhase)) problems.push('no avatar in the small tile');
  }
  return problems;
}

interface TilePicture {
  readonly timeSec: number;
  readonly reading: PatternReading | undefined;
}

/** @param person undefined: anybody who can be read */
function judgeTile(
  tile: string,
  pictures: readonly TilePicture[],
  person: KnownPerson | undefined,
  frameCount: number,
): string[] {
  const read = pictures.filter((picture) => picture.reading !== undefined);
  const problems = read
    .filter(({ reading }) => person !== undefined && reading!.identity !== person.identity)
    .map((picture) => `${at(picture)}: identity ${picture.reading!.identity} in the ${tile} tile, not ${person!.name}`);
  const ratio = read.length / pictures.length;
  if (!(ratio >= minReadableRatioOfPhase))
    problems.push(`the ${tile} tile can be read in ${read.length} of ${pictures.length} pictures`);
  return [...problems, ...judgeMotion(tile, read, frameCount)];
}

function judgeMotion(tile: string, pictures: readonly TilePicture[], frameCount: number): string[] {
  const problems: string[] = [];
  let moved = pictures[0];
  for (const picture of pictures) {
    if (picture.reading!.identity === moved!.reading!.identity) {
      const step = (picture.reading!.counter - moved!.reading!.counter + frameCount) % frameCount;
      // The file starts over after its last frame: forward is less than half a round.
      if (step >= frameCount / 2) problems.push(`${at(picture)}: the ${tile} tile goes back in time`);
      if (step === 0) {
        if (picture.timeSec - moved!.timeSec <= maxStillSec) continue;
        problems.push(`${at(picture)}: the ${tile} tile stands still`);
      }
    }
    moved = picture;
  }
  return problems;
}

function at({ timeSec }: { readonly timeSec: number }): string {
  return `at ${timeSec.toFixed(1)} s`;
}
