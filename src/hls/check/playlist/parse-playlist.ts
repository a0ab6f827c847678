/** Bytes from a server to a playlist of either kind. Pure. */
import { MediaPlaylistReader } from './media-playlist-reader.ts';
import { type ParsedMediaPlaylist } from './media-playlist.ts';
import { type ParsedMultivariantPlaylist, readMultivariantPlaylist } from './multivariant-playlist.ts';
import { playlistLimits, type PlaylistLimits, readLines } from './playlist-lines.ts';

export interface ParseOptions {
  /** What the multivariant playlist defined. */
  readonly imported?: ReadonlyMap<string, string>;
  readonly limits?: PlaylistLimits;
}

/**
 * @param url where it came from; addresses inside are left as they are
 * @throws HLS_CHECK_PLAYLIST_UNREADABLE, HLS_CHECK_ANSWER_TOO_LARGE, nothing else
 */
export function parsePlaylist(
  bytes: Uint8Array,
  url: string,
  options: ParseOptions = {},
): ParsedMediaPlaylist | ParsedMultivariantPlaylist {
  const lines = readLines(bytes, options.limits ?? playlistLimits);
  const isMultivariant = lines.lines.some(({ text }) => /^#EXT-X-(?:STREAM-INF|I-FRAME-STREAM-INF|MEDIA):/.test(text));
  const isMedia = lines.lines.some(({ text }) => /^#EXT(?:INF|-X-TARGETDURATION|-X-MEDIA-SEQUENCE):/.test(text));
  if (isMultivariant && !isMedia) return readMultivariantPlaylist(lines, url);
  return new MediaPlaylistReader(lines, url, options.imported).read();
}
