/** Pictures that cost an encoder about what a noisy camera does: a soft scene that drifts, and grain over it. Pure. */
import { type LadderCanvas } from '../ladder/ladder.ts';

/** Pixels per picture that the scene drifts: a panelist who moves, not a film. */
const driftPx = 2;
/** Peak of the grain in steps of luma; what is left of a webcam's after its own encoder. */
const grain = 3;

/** `count` pictures in I420 that follow each other; played forth and back they go on for ever. */
export function noisePictures({ width, height }: LadderCanvas, count: number): Uint8Array[] {
  const random = xorshift(0x9e37_79b9);
  return Array.from({ length: count }, (_, index) => {
    const picture = new Uint8Array((width * height * 3) / 2);
    paintPlane(picture.subarray(0, width * height), width, { offset: index * driftPx, scale: 1, grain, random });
    const chromaCount = (width * height) / 4;
    for (const start of [width * height, width * height + chromaCount]) {
      const plane = picture.subarray(start, start + chromaCount);
      paintPlane(plane, width / 2, { offset: (index * driftPx) / 2, scale: 2, grain: 1, random });
    }
    return picture;
  });
}

interface PlaneLook {
  readonly offset: number;
  /** Canvas pixels per sample. */
  readonly scale: number;
  readonly grain: number;
  readonly random: () => number;
}

function paintPlane(plane: Uint8Array, width: number, { offset, scale, grain: peak, random }: PlaneLook): void {
  const height = plane.length / width;
  const columns = Float32Array.from({ length: width }, (_, x) => {
    const at = (x + offset) * scale;
    return 45 * Math.sin(at / 90) + 14 * Math.sin(at / 11) + 5 * Math.sin(at / 3);
  });
  const rows = Float32Array.from({ length: height }, (_, y) => {
    const at = y * scale;
    return 30 * Math.sin(at / 70) + 10 * Math.sin(at / 13);
  });
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      plane[at] = 126 + columns[x]! + rows[y]! + ((random() % (2 * peak + 1)) - peak);
    }
  }
}

/** Marsaglia's 32-bit generator: the same pictures on every machine. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
