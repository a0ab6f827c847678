/** Which resource a path names. The raw path is matched as it came: nothing is decoded, nothing touches a file. */

export type HlsRoute =
  | { readonly kind: 'auth'; readonly webinarId: string }
  | { readonly kind: 'multivariant'; readonly webinarId: string }
  | ({ readonly kind: 'mediaPlaylist' } & RenditionPath)
  | ({ readonly kind: 'iFramePlaylist' } & RenditionPath)
  | ({ readonly kind: 'init'; readonly runIndex: number } & RenditionPath)
  | ({ readonly kind: 'segment'; readonly mediaSequenceNumber: number } & RenditionPath)
  | ({ readonly kind: 'captions'; readonly mediaSequenceNumber: number } & RenditionPath)
  | ({ readonly kind: 'part'; readonly mediaSequenceNumber: number; readonly partIndex: number } & RenditionPath);

export interface RenditionPath {
  readonly webinarId: string;
  readonly sessionId: string;
  readonly renditionId: string;
}

const id = '[A-Za-z0-9_-]{1,64}';
/** Canonical, so that one resource has one address in every cache; 15 digits stay below 2^53. */
const integer = '0|[1-9][0-9]{0,14}';
const multivariantPattern = new RegExp(`^/hls/(${id})/multivariant\\.m3u8$`);
const authPattern = new RegExp(`^/hls/(${id})/auth$`);
const renditionPattern = new RegExp(`^/hls/(${id})/(${id})/(${id})/([a-z0-9.-]{1,40})$`);
const initPattern = new RegExp(`^init-(${integer})\\.mp4$`);
const segmentPattern = new RegExp(`^(${integer})\\.m4s$`);
const captionsPattern = new RegExp(`^(${integer})\\.vtt$`);
const partPattern = new RegExp(`^(${integer})\\.(${integer})\\.m4s$`);

/** @param path raw path of the request, without the query. @returns undefined when nothing has that address */
export function matchRoute(path: string): HlsRoute | undefined {
  const multivariant = multivariantPattern.exec(path);
  if (multivariant !== null) return { kind: 'multivariant', webinarId: multivariant[1]! };
  const rendition = renditionPattern.exec(path);
  if (rendition === null) {
    const auth = authPattern.exec(path);
    return auth === null ? undefined : { kind: 'auth', webinarId: auth[1]! };
  }
  const place = { webinarId: rendition[1]!, sessionId: rendition[2]!, renditionId: rendition[3]! };
  return matchFile(place, rendition[4]!);
}

function matchFile(place: RenditionPath, file: string): HlsRoute | undefined {
  if (file === 'media.m3u8') return { kind: 'mediaPlaylist', ...place };
  if (file === 'iframes.m3u8') return { kind: 'iFramePlaylist', ...place };
  const init = initPattern.exec(file);
  if (init !== null) return { kind: 'init', ...place, runIndex: Number(init[1]) };
  const segment = segmentPattern.exec(file);
  if (segment !== null) return { kind: 'segment', ...place, mediaSequenceNumber: Number(segment[1]) };
  const captions = captionsPattern.exec(file);
  if (captions !== null) return { kind: 'captions', ...place, mediaSequenceNumber: Number(captions[1]) };
  const part = partPattern.exec(file);
  if (part === null) return undefined;
  return { kind: 'part', ...place, mediaSequenceNumber: Number(part[1]), partIndex: Number(part[2]) };
}

/** The other direction: addresses as the playlists print them, relative to a media playlist. */
export const fileNames = {
  init: (runIndex: number) => `init-${runIndex}.mp4`,
  segment: (mediaSequenceNumber: number) => `${mediaSequenceNumber}.m4s`,
  captions: (mediaSequenceNumber: number) => `${mediaSequenceNumber}.vtt`,
  part: (mediaSequenceNumber: number, partIndex: number) => `${mediaSequenceNumber}.${partIndex}.m4s`,
  /** Another rendition's playlist. */
  sibling: (renditionId: string) => `../${renditionId}/media.m3u8`,
  /** From the multivariant playlist. */
  mediaPlaylist: (sessionId: string, renditionId: string) => `${sessionId}/${renditionId}/media.m3u8`,
  iFramePlaylist: (sessionId: string, renditionId: string) => `${sessionId}/${renditionId}/iframes.m3u8`,
};
