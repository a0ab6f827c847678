/** The audience of all webinars: lets pages in, counts their beacons, tells hosts, keeps attendance. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { randomId } from '../../core/ids.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric, type GaugeMetric, type HistogramMetric, type Metrics } from '../../core/metrics.ts';
import { type AudienceStats, type Beacon } from '../../signaling/protocol/index.ts';
import { type AccessTokens, type ViewerGrant } from '../auth/access-tokens.ts';
import { AddressLimit } from '../auth/address-limit.ts';
import { VerifiedTokens } from '../auth/verified-tokens.ts';
import { appError } from '../errors.ts';
import { type AttendanceStore } from '../store/attendance-store.ts';
import { type Attendance, AudienceBook, type BookLimits, type Sender } from './audience-book.ts';

/** A page that stays open for longer asks for another pass when it is refused. */
const passLifetimeSec = 24 * 3600;
/** For one address: a large office behind one, all of whom open the page within a minute. Each costs a signature. */
const maxPassesPerMinute = 3000;
const tellHostsPeriodMs = 5000;
const keepPeriodMs = 10_000;
/** Attendance that the database would not take is tried again with the next; beyond this many entries the oldest go. */
const maxUnkeptCount = 400_000;

export interface AudienceServiceOptions {
  readonly limits: BookLimits;
  readonly tokens: AccessTokens;
  readonly store: AttendanceStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What hosts of a webinar are told, every few seconds while anybody watches and once when the last one left. */
  readonly onStats: (webinarId: string, stats: AudienceStats) => void;
}

export class AudienceService extends Lifecycle {
  readonly #options: AudienceServiceOptions;
  readonly #book: AudienceBook;
  readonly #passes: VerifiedTokens<ViewerGrant>;
  readonly #admissions: AddressLimit;
  readonly #viewers: GaugeMetric;
  readonly #beacons: CounterMetric;
  readonly #watched: CounterMetric;
  readonly #stalls: CounterMetric;
  readonly #stalled: CounterMetric;
  readonly #errors: CounterMetric;
  readonly #joins: HistogramMetric;
  #timers: readonly Timer[] = [];
  #toldIds = new Set<string>();
  #unkept: Attendance[] = [];
  #keeping: Promise<void> | undefined;

  constructor(options: AudienceServiceOptions) {
    super({ clock: options.clock, closeDeadlineMs: 5000 });
    const { metrics, tokens, clock, limits } = options;
    this.#options = options;
    this.#book = new AudienceBook(limits);
    const verify = (pass: string) => tokens.verifyViewerPass(pass);
    this.#admissions = new AddressLimit(clock, maxPassesPerMinute);
    this.#passes = new VerifiedTokens({ verify, clock, maxKnown: limits.maxViewers });
    this.#viewers = metrics.gauge({ name: 'rostrum_audience_viewers', help: 'Viewer pages known by their beacons.' });
    this.#beacons = metrics.counter({
      name: 'rostrum_audience_beacons_total',
      help: 'Beacons of viewer pages, by what became of them.',
      labels: ['outcome'],
    });
    this.#watched = metrics.counter({
      name: 'rostrum_audience_watched_seconds_total',
      help: 'Time watched by all viewers together, by the height of what they saw: full (1080 and more), hd (720), sd, low (below 360) or unknown.',
      labels: ['size'],
    });
    this.#stalls = metrics.counter({
      name: 'rostrum_audience_stalls_total',
      help: 'Interruptions that viewers saw, all together.',
    });
    this.#stalled = metrics.counter({
      name: 'rostrum_audience_stalled_seconds_total',
      help: 'Time viewers waited for media, all together.',
    });
    this.#errors = metrics.counter({
      name: 'rostrum_audience_player_errors_total',
      help: 'Fatal errors of viewer pages that they recovered from or tell of.',
    });
    this.#joins = metrics.histogram({
      name: 'rostrum_audience_join_seconds',
      help: 'From opening the viewer page, or the start of the event, to the first picture.',
      buckets: [0.25, 0.5, 1, 2, 4, 8, 16],
    });
    this.own('attendance', () => this.keepNow());
    this.own('timers', () => {
      for (const timer of this.#timers) timer.cancel();
    });
  }

  start(): void {
    const { clock } = this.#options;
    this.advanceTo('running');
    this.#timers = [
      clock.repeat(tellHostsPeriodMs, () => this.#tellHosts()),
      clock.repeat(keepPeriodMs, () => void this.#keep()),
    ];
  }

  /** What a page signs its beacons with. @param displayName of a registered viewer. @throws AUDIENCE_TOO_FREQUENT */
  async admit(webinarId: string, displayName: string | undefined, address: string): Promise<string> {
    if (this.#admissions.isReached(address)) throw appError('AUDIENCE_TOO_FREQUENT');
    this.#admissions.note(address);
    return this.#options.tokens.issueViewerPass({
      webinarId,
      viewerId: randomId(),
      displayName,
      lifetimeSec: passLifetimeSec,
    });
  }

  /** @throws AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED, AUTH_RATE_LIMITED, AUDIENCE_TOO_FREQUENT, AUDIENCE_FULL */
  async note(webinarId: string, beacon: Beacon, address: string): Promise<void> {
    const grant = await this.#passes.get(beacon.pass, address);
    if (grant.webinarId !== webinarId) throw appError('AUTH_TOKEN_INVALID');
    const { clock } = this.#options;
    const sender: Sender = { webinarId, viewerId: grant.viewerId, displayName: grant.displayName, address };
    const outcome = this.#book.note(sender, beacon, clock.nowMs(), clock.wallMs());
    this.#beacons.inc({ outcome: outcome.kind });
    this.#viewers.set(this.#book.viewerCount);
    if (outcome.kind === 'tooSoon') throw appError('AUDIENCE_TOO_FREQUENT');
    if (outcome.kind === 'full') throw appError('AUDIENCE_FULL');
    if (outcome.kind !== 'counted') return;
    this.#watched.inc({ size: sizeOf(beacon) }, outcome.watchedMs / 1000);
    this.#stalls.inc({}, beacon.stallCount);
    this.#stalled.inc({}, beacon.stalledMs / 1000);
    this.#errors.inc({}, beacon.errorCount);
    if (beacon.joinMs !== undefined) this.#joins.observe(beacon.joinMs / 1000);
  }

  statsOf(webinarId: string): AudienceStats {
    this.#dropSilent();
    return this.#book.statsOf(webinarId);
  }

  /** Makes durable what is known so far. Resolves when the database has it, or has refused it. */
  async keepNow(): Promise<void> {
    await this.#keeping;
    await this.#keep();
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#options.logger.error({ part: name, error }, 'audience did not close cleanly');
  }

  #dropSilent(): void {
    this.#book.dropSilent(this.#options.clock.nowMs());
    this.#viewers.set(this.#book.viewerCount);
  }

  #tellHosts(): void {
    this.#dropSilent();
    const ids = new Set(this.#book.webinarIds);
    for (const webinarId of new Set([...this.#toldIds, ...ids]))
      this.#options.onStats(webinarId, this.#book.statsOf(webinarId));
    this.#toldIds = ids;
  }

  async #keep(): Promise<void> {
    this.#keeping ??= this.#write().finally(() => (this.#keeping = undefined));
    await this.#keeping;
  }

  async #write(): Promise<void> {
    this.#dropSilent();
    const entries = [...this.#unkept, ...this.#book.takeAttendance()].slice(-maxUnkeptCount);
    this.#unkept = [];
    try {
      await this.#options.store.add(entries);
    } catch (error) {
      this.#unkept = entries;
      this.#options.logger.error({ error, entryCount: entries.length }, 'attendance could not be written');
    }
  }
}

/** A few names whatever heights pages tell of. */
function sizeOf({ heightPx }: Beacon): string {
  if (heightPx === undefined) return 'unknown';
  if (heightPx >= 1080) return 'full';
  if (heightPx >= 720) return 'hd';
  return heightPx >= 360 ? 'sd' : 'low';
}
