/** Names and headers of everything in the store: the addresses are the origin's own, without `/hls/`. Pure. */
import { gzipSync } from 'node:zlib';
import { concatBytes } from '../../media/concat-bytes.ts';
import { immutableMedia, plainPlaylist } from '../origin/cache-policy.ts';
import { fileNames } from '../origin/routes.ts';
import { type HlsObject } from '../ports.ts';

export interface RenditionPlace {
  readonly webinarId: string;
  readonly sessionId: string;
  readonly renditionId: string;
}

export const storeKeys = {
  multivariant: (webinarId: string) => `${webinarId}/multivariant.m3u8`,
  mediaPlaylist: ({ webinarId, sessionId, renditionId }: RenditionPlace) =>
    `${webinarId}/${fileNames.mediaPlaylist(sessionId, renditionId)}`,
  file: ({ webinarId, sessionId, renditionId }: RenditionPlace, name: string) =>
    `${webinarId}/${sessionId}/${renditionId}/${name}`,
};

/** A store compresses nothing by itself. */
export function playlistObject(key: string, text: string, targetDurationSec: number): HlsObject {
  return {
    key,
    bytes: gzipSync(text),
    contentType: 'application/vnd.apple.mpegurl',
    contentEncoding: 'gzip',
    cacheControl: plainPlaylist(targetDurationSec),
  };
}

export function mediaObject(key: string, kind: 'video' | 'audio', parts: readonly Uint8Array[]): HlsObject {
  return { key, bytes: concatBytes(parts), contentType: `${kind}/mp4`, cacheControl: immutableMedia };
}

export function captionsObject(key: string, parts: readonly Uint8Array[]): HlsObject {
  return {
    key,
    bytes: gzipSync(concatBytes(parts)),
    contentType: 'text/vtt; charset=utf-8',
    contentEncoding: 'gzip',
    cacheControl: immutableMedia,
  };
}
