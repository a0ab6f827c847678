/** Object keys: how they are built and what is allowed in them. Pure. */
import { recordingError } from './errors.ts';

const elementPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;
const maxKeyLength = 1000;

export function isObjectKey(key: string): boolean {
  return key.length <= maxKeyLength && key.split('/').every((element) => elementPattern.test(element));
}

/** @throws REC_OBJECT_KEY_INVALID */
export function assertObjectKey(key: string): void {
  if (!isObjectKey(key)) throw recordingError('REC_OBJECT_KEY_INVALID', { details: { key: key.slice(0, 200) } });
}

/** `recordings/<webinarId>/<sessionId>`: everything of one recording lies below it. */
export function recordingPrefix(ids: { readonly webinarId: string; readonly sessionId: string }): string {
  return `recordings/${ids.webinarId}/${ids.sessionId}`;
}

/** One small object per finished recording, so that listing them does not walk every segment. */
export const recordingIndexPrefix = 'index/recordings';

export function recordingIndexKey(sessionId: string): string {
  return `${recordingIndexPrefix}/${sessionId}.json`;
}

/** Object name of a run's initialization segment, relative to the recording. */
export function initName(renditionId: string, runIndex: number): string {
  return `${renditionId}/init-${runIndex}.mp4`;
}

export function segmentName(renditionId: string, mediaSequenceNumber: number): string {
  return `${renditionId}/${mediaSequenceNumber}.m4s`;
}

export function mediaPlaylistName(renditionId: string): string {
  return `${renditionId}/playlist.m3u8`;
}

/** All captions of one language, in recording time. */
export function captionsFileName(language: string): string {
  return `captions-${language.toLowerCase()}.vtt`;
}

export function captionSegmentName(folder: string, mediaSequenceNumber: number): string {
  return `${folder}/${mediaSequenceNumber}.vtt`;
}

export const multivariantPlaylistName = 'multivariant.m3u8';
export const manifestName = 'manifest.json';

const contentTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4s: 'video/iso.segment',
  m3u8: 'application/vnd.apple.mpegurl',
  json: 'application/json',
  vtt: 'text/vtt',
};

/** Media type by the name's extension (RFC 8216bis §4 for playlists). */
export function contentTypeOf(name: string): string {
  return contentTypes[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}
