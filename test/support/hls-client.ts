/** The program as a plain HTTP client sees it: playlists read by hand, pictures read by FFmpeg. */
import { decodeLuma, runFfmpeg } from './decode-media.ts';
import { type PatternReading, readPattern } from './pattern/index.ts';
import { type RostrumServer } from './rostrum-server.ts';
import { type ProgramTile, programTiles } from './viewer-page.ts';

const size = { width: 640, height: 360 };

export async function videoPlaylistUrl(server: Pick<RostrumServer, 'baseUrl'>, webinarId: string): Promise<string> {
  const url = `${server.baseUrl}/hls/${webinarId}/multivariant.m3u8`;
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`multivariant playlist: ${response.status} ${text}`);
  return new URL(smallestVideoUri(text), url).href;
}

/** Of all sizes, from the largest to the smallest; the variant of sound alone is left out. */
export function videoUris(multivariant: string): string[] {
  return [...multivariant.matchAll(/^#EXT-X-STREAM-INF:.*RESOLUTION=.*\n(.+)$/gm)].map(([, uri]) => uri!);
}

export function smallestVideoUri(multivariant: string): string {
  return videoUris(multivariant).at(-1)!;
}

export async function readPlaylist(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Media time that a playlist lists, seconds: whole segments, and the parts of the open one. Valid while no segment has left it. */
export function listedSec(playlist: string): number {
  let totalSec = 0;
  let openPartsSec = 0;
  for (const line of playlist.split('\n')) {
    const part = /^#EXT-X-PART:DURATION=([\d.]+)/.exec(line);
    const segment = /^#EXTINF:([\d.]+)/.exec(line);
    if (part !== null) openPartsSec += Number(part[1]);
    if (segment === null) continue;
    totalSec += Number(segment[1]);
    openPartsSec = 0;
  }
  return totalSec + openPartsSec;
}

/** What a tile shows at the live edge, as FFmpeg's own HLS reader plays it. */
export async function tileOverHls(
  server: RostrumServer,
  webinarId: string,
  tile: ProgramTile,
): Promise<PatternReading | undefined> {
  const url = `${server.baseUrl}/hls/${webinarId}/multivariant.m3u8`;
  const newest = await runFfmpeg([
    '-live_start_index',
    '-1',
    '-i',
    url,
    '-t',
    '1',
    '-an',
    '-c',
    'copy',
    '-f',
    'mpegts',
    'pipe:1',
  ]);
  const pictures = await decodeLuma(newest, size);
  const { x, y, width, height } = programTiles[tile];
  return readPattern(pictures.at(-1)!, {
    x: x * size.width,
    y: y * size.height,
    width: width * size.width,
    height: height * size.height,
  });
}
