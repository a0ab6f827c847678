/** A program's playlists and parts over HTTP, as a player without a browser would read them. */
import { smallestVideoUri } from '../../test/support/hls-client.ts';
import { parseMediaPlaylist, type ParsedPlaylist } from '../../test/support/hls-playlist-parser.ts';

const requestDeadlineMs = 10_000;

/** URL of the video playlist; undefined as long as the webinar has no program. */
export async function findVideoPlaylist(baseUrl: string, webinarId: string): Promise<string | undefined> {
  const url = `${baseUrl}/hls/${webinarId}/multivariant.m3u8`;
  const response = await get(url);
  const text = await response.text();
  if (response.status !== 200) return undefined;
  return new URL(smallestVideoUri(text), url).href;
}

/** @throws Error when it does not answer 200 or breaks a rule */
export async function readPlaylist(url: string): Promise<ParsedPlaylist> {
  const response = await get(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return parseMediaPlaylist(text);
}

/** @throws Error when it does not answer 200 */
export async function readBytes(url: string): Promise<Buffer> {
  const response = await get(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return bytes;
}

/** Wall time of the end of the last part or segment that is listed; undefined when nothing is. Pure. */
export function listedUntilMs(playlist: ParsedPlaylist): number | undefined {
  const open = playlist.open;
  const last = open !== undefined && open.parts.length > 0 ? open : playlist.segments.at(-1);
  if (last?.programDateTimeMs === undefined) return undefined;
  const durationSec = last.durationSec ?? last.parts.reduce((sum, part) => sum + part.durationSec, 0);
  return last.programDateTimeMs + durationSec * 1000;
}

function get(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(requestDeadlineMs) });
}
