/** The sizes a program is encoded in: rules, defaults, and how a ladder is written in the configuration. Pure. */
import { z } from 'zod';

/** One size of the program; its id is `video-<height>p`. */
export interface LadderRung {
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  /** Ceiling of the average over one second; quiet pictures take less. */
  readonly bitsPerSec: number;
}

export interface LadderCanvas {
  readonly width: number;
  readonly height: number;
}

const maxRungCount = 6;

const side = z.number().int().min(64).max(3840).multipleOf(2);
const rung = z.strictObject({
  width: side,
  height: side,
  bitsPerSec: z.number().int().min(50_000).max(20_000_000),
});

const spelling = 'each must be like 1280x720:2500000 (width x height : bits per second), even sides';

/** A list of rungs, or their text as `ladderText` writes it. */
export const ladderSchema = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((text) => rungOf(text.trim())) : value),
  z
    .array(rung, spelling)
    .min(1, 'must have at least one size')
    .max(maxRungCount, `must have at most ${maxRungCount} sizes`),
);

function rungOf(text: string): unknown {
  const match = /^(\d{2,4})x(\d{2,4}):(\d{5,8})$/.exec(text);
  if (match === null) return text;
  const [width, height, bitsPerSec] = match.slice(1).map(Number);
  return { width, height, bitsPerSec };
}

/** Steps of about 1.7 in size and 2.5 in bits: a player that changes by one sees the difference, not a shock. */
const defaultRungs: readonly LadderRung[] = [
  { width: 1920, height: 1080, bitsPerSec: 4_500_000 },
  { width: 1280, height: 720, bitsPerSec: 2_500_000 },
  { width: 768, height: 432, bitsPerSec: 1_000_000 },
  { width: 416, height: 234, bitsPerSec: 350_000 },
];

/** All usual sizes that the canvas can fill. */
export function defaultLadder(canvas: LadderCanvas): readonly LadderRung[] {
  return defaultRungs.filter(({ height }) => height <= canvas.height);
}

/** What is wrong with the ladder on that canvas, in words; undefined when nothing is. */
export function ladderProblem(ladder: readonly LadderRung[], canvas: LadderCanvas): string | undefined {
  for (const [index, { width, height, bitsPerSec }] of ladder.entries()) {
    const name = `${width}x${height}`;
    // The nearest even width is good enough: 854x480 is half a pixel from 16:9.
    if (Math.abs(width - (height * canvas.width) / canvas.height) >= 2) {
      return `${name} does not have the shape of the ${canvas.width}x${canvas.height} canvas`;
    }
    const above = ladder[index - 1];
    if (above === undefined) {
      if (width > canvas.width || height > canvas.height) return `${name} is larger than the canvas`;
    } else if (width >= above.width || height >= above.height || bitsPerSec >= above.bitsPerSec) {
      return `${name} must be smaller than ${above.width}x${above.height} in width, height and bits per second`;
    }
  }
  return undefined;
}

/** As ROSTRUM_MIXER_LADDER takes it. */
export function ladderText(ladder: readonly LadderRung[]): string {
  return ladder.map(({ width, height, bitsPerSec }) => `${width}x${height}:${bitsPerSec}`).join(',');
}
