/** How alike what a tile shows is to the picture that its panelist sent. */
import { decoderArgs } from '../../../src/mixer/ffmpeg/decoder-command.ts';
import { runFfmpeg } from '../decode-media.ts';
import { type PatternImage, type TileRect } from '../pattern/index.ts';
import { type Clip } from './clip.ts';

const blockSide = 8;
/** The usual constants of SSIM for 8-bit luma (Wang et al. 2004). */
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

/** Luma of every picture of a clip in the size of a tile, as an undisturbed decoder of ours makes it. */
export async function tilePictures(
  clip: Clip,
  { width, height }: Pick<TileRect, 'width' | 'height'>,
): Promise<Uint8Array[]> {
  const raw = await runFfmpeg(decoderArgs({ codec: 'VP8', width, height, fit: 'cover' }), clip.ivf);
  const pictureBytes = (width * height * 3) / 2;
  return clip.videoUnits.map((_, index) => raw.subarray(index * pictureBytes, index * pictureBytes + width * height));
}

/**
 * Mean SSIM of the tile's middle against a picture of its size; 1 is the same. Names below and borders around it are the
 * mixer's and left out.
 */
export function likeness(image: PatternImage, rect: TileRect, picture: Uint8Array): number {
  const { width, height } = rect;
  const values: number[] = [];
  for (let y = Math.ceil(height * 0.08); y + blockSide <= height * 0.72; y += blockSide) {
    for (let x = Math.ceil(width * 0.08); x + blockSide <= width * 0.92; x += blockSide) {
      values.push(
        blockSsim(
          (column, row) => image.data[(rect.y + y + row) * image.width + rect.x + x + column]!,
          (column, row) => picture[(y + row) * width + x + column]!,
        ),
      );
    }
  }
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

type Pixels = (column: number, row: number) => number;

function blockSsim(a: Pixels, b: Pixels): number {
  const count = blockSide ** 2;
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let row = 0; row < blockSide; row++) {
    for (let column = 0; column < blockSide; column++) {
      const [valueA, valueB] = [a(column, row), b(column, row)];
      sumA += valueA;
      sumB += valueB;
      squareA += valueA ** 2;
      squareB += valueB ** 2;
      product += valueA * valueB;
    }
  }
  const [meanA, meanB] = [sumA / count, sumB / count];
  const varianceA = squareA / count - meanA ** 2;
  const varianceB = squareB / count - meanB ** 2;
  const covariance = product / count - meanA * meanB;
  return (
    ((2 * meanA * meanB + c1) * (2 * covariance + c2)) / ((meanA ** 2 + meanB ** 2 + c1) * (varianceA + varianceB + c2))
  );
}
