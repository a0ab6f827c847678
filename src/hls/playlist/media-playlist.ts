/** Media playlist, whole or as a delta update (rfc8216bis §4.4.3 to §4.4.5). Pure. */
import { skippableSegmentCount, skipTag } from './delta-update.ts';
import { type PlaylistSegment, segmentLines } from './media-segment.ts';
import { partInfTag } from './part.ts';
import { preloadHintTag } from './preload-hint.ts';
import { type RenditionReport, renditionReportTag } from './rendition-report.ts';
import { type ServerControl, serverControlTag } from './server-control.ts';

export interface MediaPlaylist {
  readonly targetDurationSec: number;
  readonly serverControl: ServerControl;
  /** Undefined for plain HLS: no part tag of any kind is written then. */
  readonly partTargetSec?: number;
  readonly mediaSequenceNumber: number;
  readonly discontinuitySequence: number;
  /** Oldest first; only the last one may be incomplete. */
  readonly segments: readonly PlaylistSegment[];
  readonly preloadHints: readonly { readonly type: 'PART' | 'MAP'; readonly uri: string }[];
  readonly renditionReports: readonly RenditionReport[];
  readonly isEnded: boolean;
}

/** EXT-X-SKIP needs 9, and AVPlayer wants 9 with SERVER-CONTROL whatever the text says. */
const playlistVersion = 9;

/** @param isDelta leave out what the client must still know; without anything to leave out the whole playlist results */
export function writeMediaPlaylist(playlist: MediaPlaylist, isDelta = false): string {
  const skippedCount = isDelta && !playlist.isEnded ? countSkipped(playlist) : 0;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${playlistVersion}`,
    `#EXT-X-TARGETDURATION:${playlist.targetDurationSec}`,
    serverControlTag(playlist.serverControl),
    ...(playlist.partTargetSec === undefined ? [] : [partInfTag(playlist.partTargetSec)]),
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequenceNumber}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`,
    ...(skippedCount === 0 ? [] : [skipTag(skippedCount)]),
  ];
  let mapUri = playlist.segments.slice(0, skippedCount).findLast((segment) => segment.mapUri !== undefined)?.mapUri;
  for (const segment of playlist.segments.slice(skippedCount)) {
    lines.push(...segmentLines(segment, segment.mapUri !== mapUri));
    mapUri = segment.mapUri ?? mapUri;
  }
  if (playlist.isEnded) lines.push('#EXT-X-ENDLIST');
  else {
    lines.push(...playlist.preloadHints.map(({ type, uri }) => preloadHintTag(type, uri)));
    lines.push(...playlist.renditionReports.map(renditionReportTag));
  }
  return `${lines.join('\n')}\n`;
}

function countSkipped(playlist: MediaPlaylist): number {
  const durationsSec = playlist.segments.flatMap(({ complete }) =>
    complete === undefined ? [] : [complete.durationSec],
  );
  return skippableSegmentCount(durationsSec, playlist.serverControl.canSkipUntilSec);
}
