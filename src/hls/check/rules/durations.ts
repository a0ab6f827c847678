/** Rules 6, 8 and 12 on one playlist: durations, and how much of it is left. Pure. */
import { type Judge } from '../findings.ts';
import { isLowLatency, type ParsedMediaPlaylist, type ParsedSegment, sumSec } from '../playlist/media-playlist.ts';

/** A live playlist of less is short for seeking back (A 8.12). */
const comfortableWindowSec = 15 * 60;
const minListedSegments = 6;

export function checkDurations(playlist: ParsedMediaPlaylist, judge: Judge): void {
  const { targetDurationSec } = playlist;
  const line = playlist.header.get('#EXT-X-TARGETDURATION')?.line;
  const isWhole = targetDurationSec !== undefined && targetDurationSec >= 1;
  judge.hold(6, isWhole, () => ({
    expected: 'EXT-X-TARGETDURATION, a whole number of seconds',
    seen: playlist.header.get('#EXT-X-TARGETDURATION')?.value ?? 'no such tag',
    line,
  }));
  for (const segment of playlist.segments) {
    if (isWhole) checkAgainstTarget(segment, targetDurationSec, judge);
    checkPrinted(segment, judge);
  }
  checkWindow(playlist, judge);
}

function checkAgainstTarget(segment: ParsedSegment, targetDurationSec: number, judge: Judge): void {
  const { durationSec = 0, mediaSequenceNumber, line } = segment;
  judge.hold(6, Math.round(durationSec) <= targetDurationSec, () => ({
    expected: 'EXTINF, rounded, of at most the target duration',
    seen: `${durationSec} s, target duration ${targetDurationSec} s`,
    mediaSequenceNumber,
    line,
  }));
}

function checkPrinted({ durationText, durationSec, mediaSequenceNumber, line }: ParsedSegment, judge: Judge): void {
  if (durationText === undefined) return;
  judge.hold(8, durationSec === undefined || /\.[0-9]{5,}$/.test(durationText), () => ({
    severity: 'W',
    expected: 'EXTINF with five decimals or more',
    seen: durationText,
    mediaSequenceNumber,
    line,
  }));
}

/** Only where segments have been removed: a stream that has just begun is short for a reason. */
function checkWindow(playlist: ParsedMediaPlaylist, judge: Judge): void {
  const isSliding = playlist.mediaSequenceNumber > 0 && !playlist.isEnded && playlist.playlistType === undefined;
  if (!isSliding) return;
  const count = playlist.skippedSegmentCount + playlist.segments.length;
  judge.hold(12, count >= minListedSegments, () => ({
    severity: isLowLatency(playlist) ? 'E' : 'W',
    expected: 'at least six segments in a live playlist',
    seen: `${count}`,
  }));
  if (playlist.skippedSegmentCount > 0) return;
  const listedSec = sumSec(playlist.segments);
  judge.hold(12, listedSec >= comfortableWindowSec, () => ({
    severity: 'W',
    expected: 'fifteen minutes or more in a live playlist',
    seen: `${listedSec.toFixed(0)} s`,
  }));
}
