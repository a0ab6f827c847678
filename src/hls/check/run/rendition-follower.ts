/** Follows one media playlist to its end: as a plain client, along the parts, and along the parts with delta updates. */
import { pause } from '../../../core/pause.ts';
import { judgeAt, type Judge } from '../findings.ts';
import { type CheckAnswer } from '../http/answer.ts';
import {
  canBlockReload,
  compareEnds,
  endOf,
  isLowLatency,
  type ParsedMediaPlaylist,
} from '../playlist/media-playlist.ts';
import { parsePlaylist } from '../playlist/parse-playlist.ts';
import { hasPart } from '../probes/blocking-reload.ts';
import { holdDeadlineMs, withQuery } from '../probes/live-edge.ts';
import { Cadence } from '../rules/cadence.ts';
import { checkDateRangeReload } from '../rules/date-ranges.ts';
import { checkDelta } from '../rules/delta.ts';
import { checkErrorCaching, checkPlaylistAnswer } from '../rules/http-answers.ts';
import { checkPlaylist } from '../rules/playlist.ts';
import { checkReload } from '../rules/reload.ts';
import { checkSyntax, checkVersion } from '../rules/syntax.ts';
import { noted, type RunContext } from './run-context.ts';
import { RostrumError } from '../../../core/errors.ts';
import { type Rendition } from './presentation.ts';

/** A 503 that comes early is the server's limit on held requests, not rule 46. */
const retryPauseMs = 500;
const minPollMs = 300;
const maxPollMs = 5000;
/** Answers in a row without anything new, after which a reload is not called blocking any more. */
const maxStaleCount = 5;

export interface FollowerOptions {
  readonly context: RunContext;
  readonly rendition: Rendition;
  readonly others: readonly string[] | undefined;
  readonly imported: ReadonlyMap<string, string> | undefined;
  /** Hears every whole playlist that is newer than those before. */
  readonly onNewer: (playlist: ParsedMediaPlaylist, receivedAtMs: number) => void;
  /** Hears answers of blocking reloads that no cache can have kept. */
  readonly onBlocking: (timed: { playlist: ParsedMediaPlaylist; askedAtMs: number; receivedAtMs: number }) => void;
  /** The playlist was there and answers 404 or 410 now. */
  readonly onRemoved: () => Promise<void>;
}

export class RenditionFollower {
  readonly rendition: Rendition;
  readonly #options: FollowerOptions;
  readonly #judge: Judge;
  readonly #last = new Map<'plain' | 'chain', ParsedMediaPlaylist>();
  #newest: ParsedMediaPlaylist | undefined;
  #isRemoved = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.rendition = options.rendition;
    this.#judge = judgeAt(options.context.judge, options.rendition.url);
  }

  /** Newest whole playlist; undefined before `begin`. */
  get newest(): ParsedMediaPlaylist | undefined {
    return this.#newest;
  }

  /** Loads the playlist for the first time. False when it cannot be followed. */
  async begin(): Promise<boolean> {
    const { context, rendition } = this.#options;
    const answer = await context.client.ask(rendition.url, { headers: { 'accept-encoding': 'gzip' } });
    const isReady = answer.status === 200;
    const hasRetry = answer.status !== 503 || answer.headers['retry-after'] !== undefined;
    this.#judge.hold(49, isReady, () => ({
      expected: 'a media playlist for every rendition that is listed',
      seen: `status ${answer.status}`,
    }));
    this.#judge.hold(49, hasRetry, () => ({ expected: '503 with Retry-After before the first segment', seen: 'none' }));
    if (!isReady) return false;
    const playlist = this.#observe(answer, 'plain');
    if (playlist === undefined) return false;
    const hasMedia = playlist.segments.length > 0 || playlist.skippedSegmentCount > 0;
    this.#judge.hold(49, hasMedia, () => ({ expected: 'a segment in every playlist that is listed', seen: 'none' }));
    return true;
  }

  /** Until the stream ends or the run does. */
  async follow(): Promise<void> {
    const isEnded = this.#newest?.isEnded === true || this.rendition.kind === 'iframes';
    if (isEnded) return;
    await Promise.all([this.#followPlain(), this.#followChain()]);
  }

  get #isOver(): boolean {
    return this.#options.context.signal.aborted || this.#isRemoved || this.#newest?.isEnded === true;
  }

  get #pollMs(): number {
    const targetSec = this.#newest?.targetDurationSec ?? 2;
    return Math.min(maxPollMs, Math.max(minPollMs, 500 * targetSec));
  }

  async #followPlain(): Promise<void> {
    const { context, rendition } = this.#options;
    const cadence = new Cadence(this.#judge, false);
    const first = this.#newest;
    if (first !== undefined) cadence.observe(first, context.clock.nowMs());
    while (!this.#isOver) {
      await pause(context.clock, this.#pollMs, context.signal);
      if (this.#isOver) return;
      await noted(context, 'plain reload', async () => {
        const answer = await context.client.ask(rendition.url, { headers: { 'accept-encoding': 'gzip' } });
        const playlist = this.#observe(answer, 'plain');
        // What a cache keeps may be old; only what comes from the origin tells when it came about.
        if (playlist !== undefined && answer.headers.age === undefined)
          cadence.observe(playlist, answer.endAtMs, this.#pollMs);
        if (playlist === undefined) await this.#checkRemoved(answer);
      });
    }
  }

  /** Along the parts, each step twice: whole, and as a delta update. */
  async #followChain(): Promise<void> {
    const { context } = this.#options;
    const cadence = new Cadence(this.#judge, true);
    let known = this.#newest!;
    let staleCount = 0;
    while (!this.#isOver && canBlockReload(known)) {
      let isNewer = false;
      await noted(context, 'blocking reload', async () => {
        const { status, playlist } = await this.#step(known, cadence);
        isNewer = playlist !== undefined && compareEnds(endOf(playlist), endOf(known)) > 0;
        if (isNewer) staleCount = 0;
        // A server that is short of something new says so, for as long as it likes.
        else if (status === 200) staleCount++;
        known = playlist ?? this.#newest!;
      });
      if (staleCount > maxStaleCount) {
        context.notes.add('blocking reload is not followed any more: its answers bring nothing new');
        return;
      }
      if (!isNewer) await pause(context.clock, retryPauseMs, context.signal);
    }
  }

  /** @returns the answer's status, and the whole playlist if it is one */
  async #step(
    known: ParsedMediaPlaylist,
    cadence: Cadence,
  ): Promise<{ status: number; playlist: ParsedMediaPlaylist | undefined }> {
    const { context, rendition } = this.#options;
    const { lastMsn, openPartCount } = endOf(known);
    const wanted = { msn: lastMsn + 1, partIndex: isLowLatency(known) ? openPartCount : undefined };
    const query = `_HLS_msn=${wanted.msn}${wanted.partIndex === undefined ? '' : `&_HLS_part=${wanted.partIndex}`}`;
    const directive = known.serverControl.get('CAN-SKIP-DATERANGES') === 'YES' ? 'v2' : 'YES';
    const canSkip = known.serverControl.has('CAN-SKIP-UNTIL');
    const ask = (text: string) =>
      context.client.ask(withQuery(rendition.url, text), {
        headers: { 'accept-encoding': 'gzip' },
        deadlineMs: holdDeadlineMs(known),
      });
    const [whole, skipped] = await Promise.allSettled([
      ask(query),
      ...(canSkip ? [ask(`${query}&_HLS_skip=${directive}`)] : []),
    ]);
    if (whole.status === 'rejected') {
      this.#checkHold(whole.reason, known);
      throw whole.reason;
    }
    if (skipped?.status === 'rejected')
      await noted(context, 'delta update', () => {
        throw skipped.reason;
      });
    const answer = whole.value;
    const { status } = answer;
    if (!this.#isAnswered(answer, wanted, known)) return { status, playlist: undefined };
    const full = this.#observe(answer, 'chain');
    if (full === undefined) return { status, playlist: undefined };
    this.#checkLists(full, wanted, answer);
    cadence.observe(full, answer.firstByteAtMs);
    if (answer.headers.age === undefined)
      this.#options.onBlocking({ playlist: full, askedAtMs: answer.askedAtMs, receivedAtMs: answer.endAtMs });
    if (skipped?.status === 'fulfilled') this.#checkDelta(known, full, skipped.value, directive);
    return { status, playlist: full };
  }

  /** Rule 46. */
  #checkHold(error: unknown, known: ParsedMediaPlaylist): void {
    if (!(error instanceof RostrumError) || error.code !== 'HLS_CHECK_DEADLINE') return;
    this.#judge.hold(46, false, () => ({
      expected: '503 for a reload held for more than three target durations',
      seen: `no answer in ${holdDeadlineMs(known) / 1000} s`,
    }));
  }

  #isAnswered(
    answer: CheckAnswer,
    wanted: { msn: number; partIndex: number | undefined },
    known: ParsedMediaPlaylist,
  ): boolean {
    const { context } = this.#options;
    const heldMs = answer.endAtMs - answer.askedAtMs;
    const limitMs = 3000 * (known.targetDurationSec ?? 6);
    if (heldMs > limitMs + 1500) {
      this.#judge.hold(46, answer.status === 503, () => ({
        expected: '503 for a reload held for more than three target durations',
        seen: `status ${answer.status} after ${(heldMs / 1000).toFixed(1)} s`,
      }));
    } else if (answer.status === 503 && heldMs > 0.8 * limitMs) this.#judge.looked(46);
    if (answer.status === 200) return true;
    checkErrorCaching(answer, { strict: context.strict(), targetDurationSec: known.targetDurationSec }, context.judge);
    if (answer.status === 503) return false;
    const isGone = answer.status === 404 || answer.status === 410;
    if (!isGone) {
      this.#judge.hold(43, false, () => ({
        expected: 'an answer to the reload that asks for what comes next',
        seen: `status ${answer.status}`,
        url: answer.url,
        mediaSequenceNumber: wanted.msn,
        partIndex: wanted.partIndex,
      }));
    }
    return false;
  }

  /** Rule 43. */
  #checkLists(
    full: ParsedMediaPlaylist,
    wanted: { msn: number; partIndex: number | undefined },
    answer: CheckAnswer,
  ): void {
    const { msn, partIndex } = wanted;
    const isListed = partIndex === undefined ? endOf(full).lastMsn >= msn : hasPart(full, msn, partIndex);
    this.#judge.hold(43, full.isEnded || isListed, () => ({
      expected: 'an answer to a blocking reload only when it lists what was asked for',
      seen: 'a playlist without it',
      url: answer.url,
      mediaSequenceNumber: msn,
      partIndex,
    }));
  }

  #checkDelta(
    known: ParsedMediaPlaylist,
    full: ParsedMediaPlaylist,
    answer: CheckAnswer,
    directive: 'YES' | 'v2',
  ): void {
    const { context, imported } = this.#options;
    this.#judge.hold(38, answer.status === 200 || answer.status === 503, () => ({
      expected: 'an answer to _HLS_skip where CAN-SKIP-UNTIL is given',
      seen: `status ${answer.status}`,
      url: answer.url,
    }));
    if (answer.status !== 200) return;
    const delta = this.#parse(answer, imported);
    if (delta === undefined) return;
    context.counts.deltaUpdates++;
    checkSyntax(delta, this.#judge);
    checkVersion(delta, this.#judge, 10);
    checkDelta({ known, delta, full, directive }, this.#judge);
  }

  /** Takes one whole playlist; undefined when the answer is none. */
  #observe(answer: CheckAnswer, source: 'plain' | 'chain'): ParsedMediaPlaylist | undefined {
    const { context, others, imported, onNewer } = this.#options;
    if (answer.status !== 200) return undefined;
    const playlist = this.#parse(answer, imported);
    if (playlist === undefined) return undefined;
    context.counts.playlists++;
    if (isLowLatency(playlist)) context.foundLowLatency();
    const isSubtitles = this.rendition.kind === 'subtitles';
    checkPlaylist(playlist, this.#judge, { others, isSubtitles });
    const kind = playlist.isEnded ? 'ended' : source === 'plain' ? 'plain' : 'blocking';
    checkPlaylistAnswer(
      answer,
      { kind, strict: context.strict(), targetDurationSec: playlist.targetDurationSec },
      context.judge,
    );
    const before = this.#last.get(source);
    if (before !== undefined) {
      checkReload(before, playlist, this.#judge);
      checkDateRangeReload(before, playlist, this.#judge);
    }
    this.#last.set(source, playlist);
    const isNewer =
      this.#newest === undefined || playlist.isEnded || compareEnds(endOf(playlist), endOf(this.#newest)) > 0;
    if (isNewer) {
      this.#newest = playlist;
      onNewer(playlist, answer.endAtMs);
    }
    return playlist;
  }

  /** The address without directives stays the playlist's own, whatever asked for it. */
  #parse(answer: CheckAnswer, imported: ReadonlyMap<string, string> | undefined): ParsedMediaPlaylist | undefined {
    try {
      const playlist = parsePlaylist(answer.body, this.rendition.url, imported && { imported });
      if (playlist.kind === 'media') return playlist;
      this.#judge.hold(3, false, () => ({ expected: 'a media playlist', seen: 'a multivariant playlist' }));
    } catch (error) {
      if (!(error instanceof RostrumError)) throw error;
      this.#judge.hold(1, false, () => ({
        expected: 'a playlist',
        seen: `${error.message} (${error.code})`,
        url: answer.url,
      }));
    }
    return undefined;
  }

  async #checkRemoved(answer: CheckAnswer): Promise<void> {
    if (answer.status !== 404 && answer.status !== 410) return;
    this.#isRemoved = true;
    await this.#options.onRemoved();
  }
}
