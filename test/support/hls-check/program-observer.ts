/** Holds every state of every playlist of a program to the checker's rules, without HTTP: through starts, deaths, ends. */
import { FindingLog, judgeAt } from '../../../src/hls/check/findings.ts';
import { type ParsedMediaPlaylist, type ParsedSegment } from '../../../src/hls/check/playlist/media-playlist.ts';
import { checkSameDateRanges } from '../../../src/hls/check/rules/date-ranges.ts';
import { checkDelta } from '../../../src/hls/check/rules/delta.ts';
import { MediaWatch } from '../../../src/hls/check/rules/media.ts';
import { checkPlaylist } from '../../../src/hls/check/rules/playlist.ts';
import { checkReload } from '../../../src/hls/check/rules/reload.ts';
import { checkRenditions } from '../../../src/hls/check/rules/renditions.ts';
import { ReportWatch } from '../../../src/hls/check/rules/reports.ts';
import { SubtitleWatch } from '../../../src/hls/check/rules/subtitles.ts';
import { severityOf } from '../../../src/hls/check/table/rules.ts';
import { type DeltaKind } from '../../../src/hls/playlist/delta-update.ts';
import { renderMediaPlaylist } from '../../../src/hls/origin/playlist-source.ts';
import { concatBytes } from '../../../src/media/concat-bytes.ts';
import { parseMediaPlaylist } from '../hls-playlist-parser.ts';
import { type HlsProgramOptions, TestProgram } from '../hls-program.ts';

const urlOf = (id: string) => `http://origin.test/hls/webinar-1/session-1/${id}/media.m3u8`;
/** A test's window is short for seeking back, and a killed encoder makes keyframes come early or late. */
const expectedWarnings = [12];

export class ProgramObserver {
  readonly test: TestProgram;
  readonly #log = new FindingLog(severityOf);
  readonly #reports = new ReportWatch(this.#log);
  readonly #renditionIds: readonly string[];
  readonly #captionIds: readonly string[];
  readonly #previous = new Map<string, ParsedMediaPlaylist>();
  #stateCount = 0;

  constructor(options?: HlsProgramOptions) {
    this.test = new TestProgram(options);
    this.#renditionIds = this.test.program.renditions.map(({ renditionId }) => renditionId);
    this.#captionIds = this.test.program.captions.map(({ renditionId }) => renditionId);
    this.test.program.events.on('changed', () => this.#observe());
  }

  get stateCount(): number {
    return this.#stateCount;
  }

  /** One line for each kind of finding, errors and warnings; empty when all is well. */
  get findings(): string[] {
    return this.#log.findings
      .filter(({ rule, severity }) => severity === 'E' || !expectedWarnings.includes(rule))
      .map(
        ({ rule, severity, expected, seen, url, count }) =>
          `${severity} ${rule}: ${expected}; ${seen} (${count}, ${url})`,
      );
  }

  /** Adds what is wrong with the bytes of everything that is listed now. */
  checkBytes(): void {
    for (const id of this.#renditionIds) {
      const watch = new MediaWatch(this.#log);
      for (const segment of this.#render(id).segments) if (!segment.isGap) this.#checkSegment(watch, id, segment);
    }
    for (const id of this.#captionIds) {
      const watch = new SubtitleWatch(this.#log);
      for (const segment of this.#render(id).segments) {
        const { parts, startTicks } = this.test.program.window(id)!.segment(segment.mediaSequenceNumber)!;
        watch.segment(segment, urlOf(id), parts[0]!.bytes, startTicks / 90_000);
      }
    }
  }

  #checkSegment(watch: MediaWatch, id: string, segment: ParsedSegment): void {
    const window = this.test.program.window(id)!;
    const stored = window.segment(segment.mediaSequenceNumber)!;
    const movie = watch.init(`${urlOf(id)} init`, window.init(stored.runIndex)!)!;
    const parts = stored.parts.map(({ bytes }) => bytes);
    const url = urlOf(id);
    for (const [index, part] of segment.parts.entries())
      watch.part({ url, segment, bytes: parts[index]!, movie }, part, index);
    watch.segment({ url, segment, bytes: concatBytes(parts), movie });
  }

  #render(id: string, delta: DeltaKind = 'full'): ParsedMediaPlaylist {
    const { program } = this.test;
    return parseMediaPlaylist(renderMediaPlaylist(program, id, program.window(id)!, delta), urlOf(id));
  }

  #observe(): void {
    if (!this.test.program.isReady) return;
    const ids = [...this.#renditionIds, ...this.#captionIds];
    const playlists = ids.map((id) => this.#render(id));
    for (const [index, id] of ids.entries()) {
      const playlist = playlists[index]!;
      const judge = judgeAt(this.#log, urlOf(id));
      const others = ids.filter((other) => other !== id).map(urlOf);
      checkPlaylist(playlist, judge, { others, isSubtitles: this.#captionIds.includes(id) });
      this.#reports.observe({ playlist, askedAtMs: this.#stateCount, receivedAtMs: this.#stateCount });
      const known = this.#previous.get(id);
      if (known !== undefined) {
        checkReload(known, playlist, judge);
        checkDelta({ known, delta: this.#render(id, 'segments'), full: playlist, directive: 'YES' }, judge);
        const delta = this.#render(id, 'segmentsAndDateRanges');
        checkDelta({ known, delta, full: playlist, directive: 'v2' }, judge);
      }
      this.#previous.set(id, playlist);
    }
    checkRenditions(playlists, this.#log);
    checkSameDateRanges(playlists, this.#log);
    this.#stateCount++;
  }
}
