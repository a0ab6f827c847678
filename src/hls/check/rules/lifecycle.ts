/** Rules 61, 64, 65, 66 and 67 on one playlist: what kind of stream it is, and how it ends. Pure. */
import { type Judge } from '../findings.ts';
import { allSegments, type ParsedMediaPlaylist, sumSec } from '../playlist/media-playlist.ts';

/** A longer live playlist should offer delta updates (A 14.4). */
const longWindowSec = 120;

export function checkLifecycle(playlist: ParsedMediaPlaylist, judge: Judge): void {
  const { playlistType, isEnded, serverControl } = playlist;
  if (isEnded) {
    const hint = playlist.preloadHints[0];
    judge.hold(64, hint === undefined, () => ({
      expected: 'no EXT-X-PRELOAD-HINT beside EXT-X-ENDLIST',
      seen: 'one',
      line: hint?.line,
    }));
    judge.hold(64, playlist.open === undefined || playlist.open.parts.length === 0, () => ({
      expected: 'EXT-X-ENDLIST with the final segment, not with an open one',
      seen: `${playlist.open!.parts.length} parts of no segment`,
      line: playlist.open?.line,
    }));
  }
  if (playlist.mediaSequenceNumber > 0 && !isEnded) {
    judge.hold(67, playlistType === undefined, () => ({
      severity: 'E',
      expected: 'no EXT-X-PLAYLIST-TYPE on a playlist that removes segments',
      seen: `${playlistType} and EXT-X-MEDIA-SEQUENCE ${playlist.mediaSequenceNumber}`,
      line: playlist.header.get('#EXT-X-PLAYLIST-TYPE')?.line,
    }));
  }
  if (playlistType !== undefined) checkType(playlist, playlistType, judge);
  const listedSec = sumSec(playlist.segments);
  if (!isEnded && playlist.skippedSegmentCount === 0 && listedSec > longWindowSec) {
    judge.hold(67, serverControl.has('CAN-SKIP-UNTIL'), () => ({
      expected: 'CAN-SKIP-UNTIL on a live playlist longer than two minutes',
      seen: `${listedSec.toFixed(0)} s without it`,
    }));
  }
}

function checkType(playlist: ParsedMediaPlaylist, playlistType: string, judge: Judge): void {
  const line = playlist.header.get('#EXT-X-PLAYLIST-TYPE')?.line;
  judge.hold(65, ['EVENT', 'VOD'].includes(playlistType), () => ({
    expected: 'EVENT or VOD',
    seen: playlistType,
    line,
  }));
  if (playlistType !== 'VOD') return;
  judge.hold(65, playlist.isEnded, () => ({ expected: 'EXT-X-ENDLIST in a VOD playlist', seen: 'none', line }));
  const live = [
    ...(allSegments(playlist).some(({ parts }) => parts.length > 0) ? ['EXT-X-PART'] : []),
    ...(playlist.header.has('#EXT-X-PART-INF') ? ['EXT-X-PART-INF'] : []),
    ...(playlist.renditionReports.length > 0 ? ['EXT-X-RENDITION-REPORT'] : []),
    ...['CAN-BLOCK-RELOAD', 'CAN-SKIP-UNTIL'].filter((name) => playlist.serverControl.has(name)),
  ];
  judge.hold(66, live.length === 0, () => ({
    expected: 'a VOD playlist without tags of live streams',
    seen: live.join(', '),
  }));
}

export function checkSubtitlePlaylist(playlist: ParsedMediaPlaylist, judge: Judge): void {
  const open = allSegments(playlist).find(({ parts }) => parts.length > 0);
  judge.hold(61, open === undefined, () => ({
    expected: 'a subtitle playlist without parts',
    seen: `parts of segment ${open?.mediaSequenceNumber}`,
    line: open?.line,
  }));
}
