/** Rules 36 and 37: rendition reports against what the other playlists list. Pure; causality, not clocks. */
import { type Judge } from '../findings.ts';
import { readInteger } from '../playlist/attribute-list.ts';
import { isLowLatency, type ParsedMediaPlaylist, sumSec } from '../playlist/media-playlist.ts';
import { isSamePlaylist } from './edge.ts';
import { remember } from './remember.ts';

/** The newest part, or the newest segment where there are none. */
export interface Newest {
  readonly mediaSequenceNumber: number;
  /** -1 where no parts are listed. */
  readonly partIndex: number;
}

/** A playlist and when it was asked for and had: an answer is of a moment in between. */
export interface TimedPlaylist {
  readonly playlist: ParsedMediaPlaylist;
  readonly askedAtMs: number;
  readonly receivedAtMs: number;
}

/** Renditions whose reports are remembered: far more than are followed. */
const maxReportedCount = 256;
/** Short parts make an index stand for less time than PART-TARGET says. */
const shortestPartRatio = 0.85;

export function newestOf(playlist: ParsedMediaPlaylist): Newest | undefined {
  const { open } = playlist;
  if (open !== undefined && open.parts.length > 0)
    return { mediaSequenceNumber: open.mediaSequenceNumber, partIndex: open.parts.length - 1 };
  const last = playlist.segments.at(-1);
  return last && { mediaSequenceNumber: last.mediaSequenceNumber, partIndex: last.parts.length - 1 };
}

/** Remembers, for each rendition, the newest that was listed and the newest that was reported. */
export class ReportWatch {
  readonly #judge: Judge;
  readonly #listed = new Map<string, { newest: Newest; receivedAtMs: number }>();
  readonly #reported = new Map<string, { newest: Newest; receivedAtMs: number }>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** Takes answers in the order they arrived; those that a cache may have kept are not for it. */
  observe({ playlist, askedAtMs, receivedAtMs }: TimedPlaylist): void {
    const newest = newestOf(playlist);
    if (newest === undefined || !isLowLatency(playlist) || playlist.isEnded) return;
    const own = playlist.url.split('?', 1)[0]!;
    this.#checkOwn(own, newest, askedAtMs);
    for (const { attributes, line } of playlist.renditionReports) {
      const uri = attributes.get('URI') ?? '';
      const mediaSequenceNumber = readInteger(attributes.get('LAST-MSN'));
      if (mediaSequenceNumber === undefined || !URL.canParse(uri, playlist.url)) continue;
      const url = new URL(uri, playlist.url).href;
      if (isSamePlaylist(url, playlist.url)) continue;
      const report = { mediaSequenceNumber, partIndex: readInteger(attributes.get('LAST-PART')) ?? -1 };
      this.#checkStale(url.split('?', 1)[0]!, report, { playlist, askedAtMs, line });
      this.#checkInStep(playlist, newest, report, line);
      remember(this.#reported, url.split('?', 1)[0]!, { newest: report, receivedAtMs }, maxReportedCount);
    }
    const known = this.#listed.get(own);
    if (known === undefined || compareNewest(newest, known.newest) > 0) this.#listed.set(own, { newest, receivedAtMs });
  }

  /** Asked for after a report was had, a playlist lists at least what was reported. */
  #checkOwn(url: string, newest: Newest, askedAtMs: number): void {
    const reported = this.#reported.get(url);
    if (reported === undefined || reported.receivedAtMs > askedAtMs) return;
    this.#judge.hold(36, compareNewest(newest, reported.newest) >= 0, () => ({
      expected: 'no EXT-X-RENDITION-REPORT of what is not listed yet',
      seen: `${text(reported.newest)} reported, ${text(newest)} listed later`,
      url,
    }));
  }

  /** A playlist that was asked for after another one had listed something must report it. */
  #checkStale(
    url: string,
    report: Newest,
    at: { playlist: ParsedMediaPlaylist; askedAtMs: number; line: number },
  ): void {
    const listed = this.#listed.get(url);
    if (listed === undefined || listed.receivedAtMs > at.askedAtMs) return;
    this.#judge.hold(36, compareNewest(report, listed.newest) >= 0, () => ({
      expected: 'EXT-X-RENDITION-REPORT with the newest of the other rendition',
      seen: `${text(report)} reported, ${text(listed.newest)} was listed before`,
      url: at.playlist.url,
      line: at.line,
    }));
  }

  #checkInStep(playlist: ParsedMediaPlaylist, own: Newest, report: Newest, line: number): void {
    const { partTargetSec } = playlist;
    if (partTargetSec === undefined || report.partIndex < 0 || own.partIndex < 0) return;
    this.#judge.hold(37, isWithinOnePart(playlist, own, report, partTargetSec), () => ({
      expected: 'renditions that are at most one part apart',
      seen: `${text(own)} here, ${text(report)} reported`,
      url: playlist.url,
      mediaSequenceNumber: own.mediaSequenceNumber,
      line,
    }));
  }
}

function isWithinOnePart(playlist: ParsedMediaPlaylist, own: Newest, report: Newest, partTargetSec: number): boolean {
  const segments = report.mediaSequenceNumber - own.mediaSequenceNumber;
  if (segments === 0) {
    const slack = 1 + (1 - shortestPartRatio) * Math.max(own.partIndex, report.partIndex);
    return Math.abs(report.partIndex - own.partIndex) <= slack;
  }
  if (Math.abs(segments) > 1) return false;
  // One is in the next segment: with its first part, while the other has the last of its own.
  const [ahead, behind] = segments > 0 ? [report, own] : [own, report];
  if (ahead.partIndex > 0) return false;
  const closed = playlist.segments.find(
    ({ mediaSequenceNumber }) => mediaSequenceNumber === behind.mediaSequenceNumber,
  );
  if (closed === undefined) return true;
  const missingSec = (closed.durationSec ?? sumSec(closed.parts)) - (behind.partIndex + 1) * partTargetSec;
  return missingSec <= partTargetSec * shortestPartRatio;
}

function compareNewest(a: Newest, b: Newest): number {
  return a.mediaSequenceNumber - b.mediaSequenceNumber || a.partIndex - b.partIndex;
}

function text({ mediaSequenceNumber, partIndex }: Newest): string {
  return partIndex < 0 ? `${mediaSequenceNumber}` : `${mediaSequenceNumber}.${partIndex}`;
}
