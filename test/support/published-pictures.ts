/** Pictures of a live program by media time: whole segments as they are published, decoded, each picture with its time. */
import { decodeLuma } from './decode-media.ts';
import { parseMediaPlaylist } from './hls-playlist-parser.ts';
import { type PatternImage } from './pattern/index.ts';

export interface PublishedPicture {
  /** Media time (tfdt), seconds. */
  readonly timeSec: number;
  readonly image: PatternImage;
}

/**
 * The pictures of the segments that hold `fromSec` to `toSec`, of one run of the program; undefined while they are not
 * all published.
 */
export async function publishedPictures(
  playlistUrl: string,
  span: { readonly fromSec: number; readonly toSec: number },
  options: { readonly width: number; readonly height: number; readonly framesPerSec: number },
): Promise<PublishedPicture[] | undefined> {
  const get = async (uri: string) => Buffer.from(await (await fetch(new URL(uri, playlistUrl))).arrayBuffer());
  const { segments } = parseMediaPlaylist(await (await fetch(playlistUrl)).text());
  const mapUri = segments.at(-1)?.mapUri;
  const whole = segments.filter((segment) => segment.mapUri === mapUri && segment.uri !== undefined);
  if (mapUri === undefined) return undefined;
  const init = await get(mapUri);
  const timescaleHz = init.readUInt32BE(init.indexOf('mdhd') + 16);
  const chosen: { startSec: number; bytes: Buffer }[] = [];
  let isComplete = false;
  for (const { uri, durationSec } of whole) {
    const bytes = await get(uri!);
    const startSec = Number(bytes.readBigUInt64BE(bytes.indexOf('tfdt') + 8)) / timescaleHz;
    if (startSec > span.toSec || startSec + durationSec! <= span.fromSec) continue;
    chosen.push({ startSec, bytes });
    isComplete = startSec + durationSec! > span.toSec;
  }
  if (!isComplete || chosen[0]!.startSec > span.fromSec) return undefined;
  const images = await decodeLuma(Buffer.concat([init, ...chosen.map(({ bytes }) => bytes)]), options);
  return images.map((image, index) => ({ timeSec: chosen[0]!.startSec + index / options.framesPerSec, image }));
}

/** Brighter or darker by this much is more than coding noise. */
const changedLuma = 24;

/**
 * The cut in a scene whose people move: most of the pixels that change exactly once in all the pictures change there.
 * @returns the time of the first picture behind it, and which share (0..1) of those pixels changed there
 */
export function findCut(pictures: readonly PublishedPicture[]): { timeSec: number; share: number } {
  const pixelCount = pictures[0]?.image.data.length ?? 0;
  const onlyChange = Array.from({ length: pixelCount }, (_, at) => {
    const changes = pictures.flatMap(({ image }, index) => {
      const before = pictures[index - 1]?.image.data[at];
      return before !== undefined && Math.abs(image.data[at]! - before) >= changedLuma ? [index] : [];
    });
    return changes.length === 1 ? changes[0]! : undefined;
  }).filter((index) => index !== undefined);
  const counts = pictures.map((_, index) => onlyChange.filter((one) => one === index).length);
  const most = counts.indexOf(Math.max(...counts));
  return { timeSec: pictures[most]?.timeSec ?? Number.NaN, share: counts[most]! / onlyChange.length };
}
