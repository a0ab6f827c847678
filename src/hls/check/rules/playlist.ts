/** Every rule that one media playlist can be held to by itself. Pure. */
import { type Judge } from '../findings.ts';
import { type ParsedMediaPlaylist } from '../playlist/media-playlist.ts';
import { checkContinuity } from './continuity.ts';
import { checkDateRanges } from './date-ranges.ts';
import { checkDurations } from './durations.ts';
import { checkPreloadHints, checkRenditionReports } from './edge.ts';
import { checkLifecycle, checkSubtitlePlaylist } from './lifecycle.ts';
import { checkParts, checkServerControl } from './low-latency.ts';
import { checkSyntax, checkVersion } from './syntax.ts';

export interface PlaylistContext {
  /** Addresses of the other media playlists; undefined when the stream was given by one media playlist alone. */
  readonly others?: readonly string[] | undefined;
  readonly isSubtitles?: boolean;
}

/** @param playlist whole, or a delta update */
export function checkPlaylist(playlist: ParsedMediaPlaylist, judge: Judge, context: PlaylistContext = {}): void {
  const { others, isSubtitles = false } = context;
  checkSyntax(playlist, judge);
  checkVersion(playlist, judge, 1);
  checkDurations(playlist, judge);
  checkContinuity(playlist, judge, isSubtitles);
  checkServerControl(playlist, judge);
  checkParts(playlist, judge);
  checkPreloadHints(playlist, judge);
  checkRenditionReports(playlist, others, judge);
  checkDateRanges(playlist, judge);
  checkLifecycle(playlist, judge);
  if (isSubtitles) checkSubtitlePlaylist(playlist, judge);
}
