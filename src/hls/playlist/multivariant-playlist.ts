/** Multivariant playlist (rfc8216bis §4.4.6): what can be played, in which sizes. Pure. */
import { type AudioMedia, audioMediaTag, type SubtitlesMedia, subtitlesMediaTag } from './media.ts';
import { type IFrameStreamInf, iFrameStreamInfTag, type StreamInf, streamInfLines } from './stream-inf.ts';

export interface MultivariantPlaylist {
  readonly audio: readonly AudioMedia[];
  readonly subtitles?: readonly SubtitlesMedia[];
  /** The first is where players start. */
  readonly streams: readonly StreamInf[];
  readonly iFrames?: readonly IFrameStreamInf[];
}

/** Claims independent segments: every video segment begins with an IDR picture here (rules 20 and 21). */
export function writeMultivariantPlaylist(playlist: MultivariantPlaylist): string {
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...playlist.audio.map(audioMediaTag),
    ...(playlist.subtitles ?? []).map(subtitlesMediaTag),
    ...playlist.streams.flatMap(streamInfLines),
    ...(playlist.iFrames ?? []).map(iFrameStreamInfTag),
  ];
  return `${lines.join('\n')}\n`;
}
