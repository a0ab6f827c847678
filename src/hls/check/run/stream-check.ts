/** One check of one stream, from its URL to a report. Owns the client, the followers and the end of all of them. */
import { type Clock, type Timer } from '../../../core/clock.ts';
import { hlsCheckError } from '../errors.ts';
import { type Finding, FindingLog, judgeAt } from '../findings.ts';
import { type CheckAnswer } from '../http/answer.ts';
import { CheckClient } from '../http/check-client.ts';
import { canBlockReload, type ParsedMediaPlaylist } from '../playlist/media-playlist.ts';
import { type ParsedMultivariantPlaylist } from '../playlist/multivariant-playlist.ts';
import { parsePlaylist } from '../playlist/parse-playlist.ts';
import { checkConnection, probeConnection } from '../probes/connection.ts';
import { checkCodecs, checkRates } from '../rules/codecs-and-rates.ts';
import { checkSameDateRanges } from '../rules/date-ranges.ts';
import { checkPlaylistAnswer } from '../rules/http-answers.ts';
import { checkIndependentSegments, checkMultivariant } from '../rules/multivariant.ts';
import { checkRenditions } from '../rules/renditions.ts';
import { ReportWatch } from '../rules/reports.ts';
import { checkSyntax, checkVersion, reasonableVersion } from '../rules/syntax.ts';
import { TimelineWatch } from '../rules/timeline.ts';
import { severityOf } from '../table/rules.ts';
import { MediaFetcher } from './media-fetcher.ts';
import { audioOf, maxRenditionCount, type Rendition, renditionsOf } from './presentation.ts';
import { type CheckReport, makeReport } from './report.ts';
import { RetentionWatch } from './retention-watch.ts';
import { type Counts, noted, Notes, type RunContext } from './run-context.ts';
import { probeEnded, probeStream } from './probe-round.ts';
import { RenditionFollower } from './rendition-follower.ts';

export interface StreamCheckOptions {
  /** Multivariant or media playlist, http or https. */
  readonly url: string;
  /** How long a live stream is followed; one that has ended is read to its end, but not longer than that. */
  readonly seconds: number;
  /** Other origins that the stream may lead to. */
  readonly allowedOrigins?: readonly string[];
  readonly clock: Clock;
  /** Ends the check early; the report is of what was seen. */
  readonly signal?: AbortSignal;
  /** Hears the first breach of each kind as it is found. */
  readonly onFound?: (finding: Omit<Finding, 'count' | 'urlCount'>) => void;
}

interface Followed {
  readonly follower: RenditionFollower;
  readonly media: MediaFetcher;
  readonly retention: RetentionWatch;
}

const retentionTickMs = 200;

/**
 * @throws HLS_CHECK_URL_INVALID, HLS_CHECK_ORIGIN_REFUSED, HLS_CHECK_UNREACHABLE, HLS_CHECK_DEADLINE,
 * HLS_CHECK_PLAYLIST_UNREADABLE, HLS_CHECK_ANSWER_TOO_LARGE when there is nothing to check at all
 */
export async function checkStream(options: StreamCheckOptions): Promise<CheckReport> {
  return new StreamCheck(options).run();
}

class StreamCheck {
  readonly #options: StreamCheckOptions;
  readonly #abort = new AbortController();
  readonly #log: FindingLog;
  readonly #context: RunContext;
  readonly #client: CheckClient;
  readonly #timeline: TimelineWatch;
  readonly #reports: ReportWatch;
  readonly #startedAtMs: number;
  #followed: readonly Followed[] = [];
  #isLowLatency = false;

  constructor(options: StreamCheckOptions) {
    this.#options = options;
    const { clock } = options;
    this.#log = new FindingLog(severityOf, options.onFound);
    const own = originOf(options.url);
    const allowedOrigins = [own, ...(options.allowedOrigins ?? []).map(originOf)];
    this.#client = new CheckClient({ clock, allowedOrigins, signal: this.#abort.signal });
    const counts: Counts = { playlists: 0, deltaUpdates: 0, segments: 0, parts: 0, mediaBytes: 0 };
    this.#context = {
      client: this.#client,
      clock,
      judge: this.#log,
      notes: new Notes(),
      counts,
      signal: this.#abort.signal,
      fail: (error) => this.#fail(error),
      strict: () => (this.#isLowLatency ? 'E' : 'W'),
      foundLowLatency: () => (this.#isLowLatency = true),
    };
    this.#timeline = new TimelineWatch(this.#log);
    this.#reports = new ReportWatch(this.#log);
    this.#startedAtMs = clock.nowMs();
  }

  async run(): Promise<CheckReport> {
    const { clock, signal, seconds } = this.#options;
    const stop = () => this.#abort.abort();
    const timer = clock.schedule(1000 * seconds, stop);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    let ticks: Timer | undefined;
    try {
      const { answer, playlist } = await this.#loadFirst();
      await this.#begin(playlist, answer);
      ticks = clock.repeat(retentionTickMs, () => {
        for (const { retention } of this.#followed) void retention.tick().catch(this.#context.fail);
      });
      await Promise.all([
        ...this.#followed.map(({ follower }) => follower.follow()),
        noted(this.#context, 'probes', () => this.#probe(answer)),
      ]);
      await this.#finish(playlist);
      if (this.#failure !== undefined) throw this.#failure as Error;
      return this.#report();
    } finally {
      ticks?.cancel();
      timer.cancel();
      signal?.removeEventListener('abort', stop);
      this.#abort.abort();
      this.#client.close();
    }
  }

  #failure: unknown;

  /** A fault of this program in work that nobody waits for ends the run, and comes out of it. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#abort.abort();
  }

  async #loadFirst(): Promise<{ answer: CheckAnswer; playlist: ParsedMediaPlaylist | ParsedMultivariantPlaylist }> {
    const answer = await this.#client.ask(this.#options.url, { headers: { 'accept-encoding': 'gzip' } });
    if (answer.status !== 200) {
      throw hlsCheckError('HLS_CHECK_UNREACHABLE', {
        message: `The playlist answers ${answer.status}.`,
        details: { url: answer.url.slice(0, 500), status: answer.status },
      });
    }
    return { answer, playlist: parsePlaylist(answer.body, answer.url) };
  }

  async #begin(playlist: ParsedMediaPlaylist | ParsedMultivariantPlaylist, answer: CheckAnswer): Promise<void> {
    const isMultivariant = playlist.kind === 'multivariant';
    const all = isMultivariant ? renditionsOf(playlist) : [single(answer.url)];
    const usable = all.filter(({ url }) => this.#isUsable(url)).slice(0, maxRenditionCount);
    if (all.length > maxRenditionCount)
      this.#context.notes.add(`only the first ${maxRenditionCount} renditions are followed`);
    const followed = usable.map((rendition) => this.#follow(rendition, usable, isMultivariant ? playlist : undefined));
    const begun = await Promise.all(
      followed.map(async (one) => {
        let isReady = false;
        await noted(this.#context, 'first load', async () => void (isReady = await one.follower.begin()));
        return isReady ? [one] : [];
      }),
    );
    this.#followed = begun.flat();
    if (isMultivariant) this.#checkMultivariant(playlist, answer);
    this.#compareRenditions();
  }

  #isUsable(url: string): boolean {
    const isAllowed = this.#client.isAllowed(url);
    if (!isAllowed)
      this.#context.notes.add(`${new URL(url).origin} is another origin and was not asked (--allow-origin)`);
    return isAllowed;
  }

  #follow(
    rendition: Rendition,
    all: readonly Rendition[],
    multivariant: ParsedMultivariantPlaylist | undefined,
  ): Followed {
    const media = new MediaFetcher(this.#context, this.#timeline);
    const retention = new RetentionWatch(this.#context);
    const others = all.filter(({ url, kind }) => url !== rendition.url && kind !== 'iframes').map(({ url }) => url);
    const follower = new RenditionFollower({
      context: this.#context,
      rendition,
      others: multivariant === undefined ? undefined : others,
      imported: multivariant?.variables,
      onNewer: (playlist, receivedAtMs) => {
        if (rendition.kind === 'iframes') return;
        media.offer(playlist);
        retention.observe(playlist, receivedAtMs);
        this.#compareRenditions();
      },
      onBlocking: (timed) => this.#reports.observe(timed),
      onRemoved: () => retention.streamRemoved(),
    });
    return { follower, media, retention };
  }

  #checkMultivariant(playlist: ParsedMultivariantPlaylist, answer: CheckAnswer): void {
    const at = judgeAt(this.#log, playlist.url);
    const strict = this.#context.strict();
    checkSyntax(playlist, at);
    const playlists = this.#playlists();
    checkVersion(playlist, at, Math.max(1, ...playlists.map(reasonableVersion)));
    checkMultivariant(playlist, at, strict);
    const targetDurationSec = playlists[0]?.targetDurationSec;
    checkPlaylistAnswer(answer, { kind: 'multivariant', strict, targetDurationSec }, this.#log);
    const video = this.#followed.filter(({ follower }) => follower.rendition.kind === 'main');
    checkIndependentSegments(
      playlist,
      video.flatMap(({ follower }) => follower.newest ?? []),
      this.#log,
      strict,
    );
  }

  #playlists(): ParsedMediaPlaylist[] {
    return this.#followed.flatMap(({ follower }) =>
      follower.rendition.kind === 'iframes' ? [] : (follower.newest ?? []),
    );
  }

  #comparedMsn = -1;

  /** Once for each new segment; what is compared does not depend on who was loaded when. */
  #compareRenditions(): void {
    const playlists = this.#playlists();
    const first = playlists[0];
    if (first === undefined) return;
    const lastMsn = first.mediaSequenceNumber + first.segments.length + (first.isEnded ? 1 : 0);
    if (lastMsn === this.#comparedMsn) return;
    this.#comparedMsn = lastMsn;
    checkRenditions(playlists, this.#log);
  }

  async #probe(answer: CheckAnswer): Promise<void> {
    checkConnection(await probeConnection(answer.url, this.#options.clock), answer, this.#log);
    const live = this.#followed.filter(({ follower }) => follower.rendition.kind !== 'iframes');
    await Promise.all(
      live.map(({ follower }) => {
        const isBlocking = canBlockReload(follower.newest!) && follower.newest?.isEnded !== true;
        const options = { strict: this.#context.strict(), isBlocking };
        return noted(this.#context, 'probe', () => probeStream(this.#probeContext(follower), options));
      }),
    );
  }

  #probeContext(follower: RenditionFollower) {
    return { client: this.#client, judge: this.#log, url: follower.rendition.url, newest: () => follower.newest! };
  }

  /** What can only be said at the end: rates, codecs, and how the stream ended. */
  async #finish(playlist: ParsedMediaPlaylist | ParsedMultivariantPlaylist): Promise<void> {
    const ended = this.#followed.filter(
      ({ follower }) => follower.newest?.isEnded === true && follower.rendition.kind !== 'iframes',
    );
    for (const { follower } of ended) {
      await noted(this.#context, 'probe of the end', () => probeEnded(this.#probeContext(follower)));
    }
    await Promise.all(this.#followed.map(({ media }) => media.idle()));
    const areAllEnded = ended.length > 0 && ended.length === this.#followed.length;
    // Live playlists of different moments may differ by what came in between.
    if (areAllEnded) checkRenditions(this.#playlists(), this.#log);
    if (areAllEnded) checkSameDateRanges(this.#playlists(), this.#log);
    if (playlist.kind === 'multivariant') this.#checkPromises(playlist, areAllEnded);
  }

  #checkPromises(playlist: ParsedMultivariantPlaylist, isEnded: boolean): void {
    const at = judgeAt(this.#log, playlist.url);
    const renditions = this.#followed.map(({ follower }) => follower.rendition);
    for (const variant of playlist.variants) {
      const main = this.#followed.find(({ follower }) => follower.rendition.variants.includes(variant));
      if (main === undefined) continue;
      const ofGroup = audioOf(variant, renditions);
      const audio = this.#followed.filter(({ follower }) => ofGroup.includes(follower.rendition));
      const movies = [main, ...audio].map(({ media }) => media.movies);
      // What was not looked at, or not yet, could be what CODECS names.
      const isAllKnown = audio.length === ofGroup.length && movies.every((known) => known.length > 0);
      if (isAllKnown) checkCodecs(variant, movies.flat(), at);
      const targetDurationSec = main.follower.newest?.targetDurationSec ?? 6;
      // A variant of sound alone plays one rendition of its group, and not one more.
      const beside = audio.includes(main) ? [] : audio;
      const rates = { variant, main: main.media.rates, audio: beside.map(({ media }) => media.rates) };
      checkRates({ ...rates, targetDurationSec, isLive: !isEnded, url: main.follower.rendition.url }, at);
    }
  }

  #report(): CheckReport {
    const { clock, url } = this.#options;
    return makeReport({
      url,
      seconds: (clock.nowMs() - this.#startedAtMs) / 1000,
      isLowLatency: this.#isLowLatency,
      renditions: this.#followed.map(({ follower }) => follower.rendition.url),
      counts: this.#context.counts,
      notes: this.#context.notes.all,
      log: this.#log,
    });
  }
}

function single(url: string): Rendition {
  return { url, kind: 'main', media: undefined, variants: [] };
}

/** @throws HLS_CHECK_URL_INVALID */
function originOf(url: string): string {
  const isHttp = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isHttp) throw hlsCheckError('HLS_CHECK_URL_INVALID', { details: { url: url.slice(0, 500) } });
  return new URL(url).origin;
}
