/** Strict reading of media playlists in tests: the checker's own reader, which must find nothing to complain about. */
import { type ParsedMediaPlaylist } from '../../src/hls/check/playlist/media-playlist.ts';
import { parsePlaylist } from '../../src/hls/check/playlist/parse-playlist.ts';

export { type ParsedPart, type ParsedSegment } from '../../src/hls/check/playlist/media-playlist.ts';
export type ParsedPlaylist = ParsedMediaPlaylist;

/** @throws Error that names the rule broken */
export function parseMediaPlaylist(text: string, url = 'http://origin.test/media.m3u8'): ParsedPlaylist {
  const playlist = parsePlaylist(Buffer.from(text), url);
  if (playlist.kind !== 'media') throw new Error('not a media playlist');
  const [breach] = playlist.breaches;
  if (breach !== undefined) throw new Error(`rule ${breach.rule}: expected ${breach.expected}, seen ${breach.seen}`);
  return playlist;
}
