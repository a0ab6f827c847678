/** Rules 35 and 36 on one playlist: what it says about what comes next, and about the other renditions. Pure. */
import { type Judge } from '../findings.ts';
import { isLowLatency, type ParsedMediaPlaylist } from '../playlist/media-playlist.ts';
import { readInteger } from '../playlist/attribute-list.ts';

export function checkPreloadHints(playlist: ParsedMediaPlaylist, judge: Judge): void {
  const { preloadHints, isEnded } = playlist;
  // Beside ENDLIST a hint breaks rule 64, not this one.
  if (isEnded || (!isLowLatency(playlist) && preloadHints.length === 0)) return;
  const ofType = (type: string) => preloadHints.filter(({ attributes }) => attributes.get('TYPE') === type);
  const line = preloadHints[0]?.line;
  const count = ofType('PART').length;
  // Whether one is missing shows when the next part comes: of what will be a gap there is nothing to hint at.
  judge.hold(35, count <= 1, () => ({
    expected: 'one EXT-X-PRELOAD-HINT of TYPE=PART',
    seen: `${count}`,
    line,
  }));
  judge.hold(35, ofType('MAP').length <= 1 && preloadHints.every(({ attributes }) => attributes.has('URI')), () => ({
    expected: 'hints with a URI, at most one of TYPE=MAP',
    seen: `${ofType('MAP').length} of TYPE=MAP`,
    line,
  }));
}

/** @param others addresses of the other media playlists of the presentation; undefined when nobody knows them */
export function checkRenditionReports(
  playlist: ParsedMediaPlaylist,
  others: readonly string[] | undefined,
  judge: Judge,
): void {
  if (!isLowLatency(playlist) || playlist.isEnded || others === undefined || others.length === 0) return;
  const reported = playlist.renditionReports.map(({ attributes, line }) => {
    const uri = attributes.get('URI') ?? '';
    const hasPosition = readInteger(attributes.get('LAST-MSN')) !== undefined;
    return { url: URL.canParse(uri, playlist.url) ? new URL(uri, playlist.url).href : uri, uri, hasPosition, line };
  });
  const missing = others.filter((other) => !reported.some(({ url }) => isSamePlaylist(url, other)));
  judge.hold(36, missing.length === 0, () => ({
    expected: 'an EXT-X-RENDITION-REPORT of every other media playlist',
    seen: `none of ${missing[0]}`,
  }));
  for (const { url, uri, hasPosition, line } of reported) {
    judge.hold(36, !isSamePlaylist(url, playlist.url), () => ({
      expected: 'no EXT-X-RENDITION-REPORT of the playlist itself',
      seen: uri,
      line,
    }));
    judge.hold(36, hasPosition && !/^[a-z][a-z0-9+.-]*:/i.test(uri), () => ({
      expected: 'a relative URI and LAST-MSN in each report',
      seen: hasPosition ? uri : `${uri} without LAST-MSN`,
      line,
    }));
  }
}

export function isSamePlaylist(a: string, b: string): boolean {
  return a.split('?', 1)[0] === b.split('?', 1)[0];
}
