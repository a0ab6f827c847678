/** Which webinars are live: starts and ends their pipelines, one at a time per webinar, as many as the machine may run. */
import { type Clock } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { SerialQueue } from '../../core/serial-queue.ts';
import { type WebinarState } from '../../signaling/protocol/index.ts';
import { appError } from '../errors.ts';
import { type WebinarRow } from '../store/schema.ts';
import { type WebinarStore } from '../store/webinar-store.ts';
import { channelIdOf, parseLanguages } from './languages.ts';

/** One live event from go-live to its last playlist. */
export interface LiveSession {
  readonly sessionId: string;
  /** Resolves when every viewer can get the end of the program and the recording has all of it. */
  end(): Promise<void>;
  close(reason: string): Promise<void>;
}

export interface WebinarServiceOptions {
  readonly store: WebinarStore;
  readonly maxLiveWebinars: number;
  /** Throws when the machine has no room for so many live webinars. */
  readonly assertRoomFor: (liveCount: number) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Builds and starts the pipeline; resolves when it produces. */
  readonly startSession: (webinar: WebinarRow) => Promise<LiveSession>;
  /** @param channelIds language channels of the running event; undefined while there is none. */
  readonly onStateChanged: (webinarId: string, state: WebinarState, channelIds?: readonly string[]) => void;
}

/** Long enough for latecomers, short enough that a rehearsal does not announce the end of the event. */
const endedNoticeMs = 15 * 60_000;

interface Entry {
  state: WebinarState;
  session: LiveSession | undefined;
  /** Of the event that runs or starts. */
  channelIds: readonly string[] | undefined;
  readonly changes: SerialQueue;
}

export class WebinarService {
  readonly #options: WebinarServiceOptions;
  /** Only webinars that are not idle. */
  readonly #entries = new Map<string, Entry>();

  /** Ends of events on the monotonic clock; forgotten when their notice is over. */
  readonly #endedAtMs = new Map<string, number>();

  constructor(options: WebinarServiceOptions) {
    this.#options = options;
  }

  stateOf(webinarId: string): WebinarState {
    return this.#entries.get(webinarId)?.state ?? 'idle';
  }

  liveIds(): string[] {
    return [...this.#entries].filter(([, { state }]) => state === 'live').map(([webinarId]) => webinarId);
  }

  /** @throws WEBINAR_NOT_FOUND when the demo is switched off. */
  async demo(): Promise<WebinarRow> {
    const row = await this.#options.store.findDemo();
    if (row === undefined) throw appError('WEBINAR_NOT_FOUND', { message: 'There is no demo webinar on this server.' });
    return row;
  }

  /** True for a while after the end of an event: a latecomer should not wait for it to start. */
  hasJustEnded(webinarId: string): boolean {
    const endedAtMs = this.#endedAtMs.get(webinarId);
    if (endedAtMs === undefined || this.stateOf(webinarId) !== 'idle') return false;
    return this.#options.clock.nowMs() - endedAtMs < endedNoticeMs;
  }

  /** Language channels of the running event, as they were when it went live; undefined while there is none. */
  channelIdsOf(webinarId: string): readonly string[] | undefined {
    return this.#entries.get(webinarId)?.channelIds;
  }

  async describe(webinarId: string) {
    const row = await this.#options.store.get(webinarId);
    const [state, channelIds] = [this.stateOf(webinarId), this.channelIdsOf(webinarId)];
    return { webinarId, title: row.title, state, isPrivate: row.visibility === 'private', channelIds };
  }

  /**
   * Goes live or ends; calls for one webinar run one after the other, so the last one wins.
   * @returns the state reached. @throws WEBINAR_NOT_FOUND, WEBINAR_LIMIT_REACHED, WEBINAR_START_FAILED, and what `assertRoomFor` throws
   */
  async setLive(webinarId: string, live: boolean): Promise<WebinarState> {
    const row = await this.#options.store.get(webinarId);
    const entry = this.#entries.get(webinarId);
    if (entry === undefined && !live) return 'idle';
    if (entry === undefined && this.#entries.size >= this.#options.maxLiveWebinars) {
      throw appError('WEBINAR_LIMIT_REACHED', { details: { maxLiveWebinars: this.#options.maxLiveWebinars } });
    }
    if (entry === undefined) this.#options.assertRoomFor(this.#entries.size + 1);
    const active = entry ?? { state: 'idle', session: undefined, channelIds: undefined, changes: new SerialQueue() };
    this.#entries.set(webinarId, active);
    return active.changes.run(() => (live ? this.#start(row, active) : this.#end(webinarId, active)));
  }

  /** Ends every event; used when the server stops. @returns how many there were. */
  async endAll(): Promise<number> {
    const ended = [...this.#entries.keys()].map((webinarId) => this.setLive(webinarId, false));
    await Promise.all(ended);
    return ended.length;
  }

  async #start(webinar: WebinarRow, entry: Entry): Promise<WebinarState> {
    if (entry.session !== undefined) return entry.state;
    const webinarId = webinar.webinar_id;
    // An end may have emptied the map while this call waited for its turn.
    this.#entries.set(webinarId, entry);
    entry.channelIds = parseLanguages(webinar.languages).map(({ tag }) => channelIdOf(tag));
    this.#setState(webinarId, entry, 'starting');
    try {
      entry.session = await this.#options.startSession(webinar);
    } catch (cause) {
      entry.channelIds = undefined;
      this.#entries.delete(webinarId);
      this.#setState(webinarId, entry, 'idle');
      this.#options.logger.error({ webinarId, error: cause }, 'webinar start failed');
      throw appError('WEBINAR_START_FAILED', { cause, details: { cause: toRostrumError(cause).code } });
    }
    this.#setState(webinarId, entry, 'live');
    return 'live';
  }

  async #end(webinarId: string, entry: Entry): Promise<WebinarState> {
    const { session } = entry;
    if (session === undefined) return 'idle';
    this.#setState(webinarId, entry, 'ending');
    try {
      await session.end();
    } catch (error) {
      this.#options.logger.error({ webinarId, error }, 'webinar end was not clean');
    } finally {
      await session.close('event ended');
      entry.session = undefined;
      entry.channelIds = undefined;
      this.#noteEnd(webinarId);
      this.#entries.delete(webinarId);
      this.#setState(webinarId, entry, 'idle');
    }
    return 'idle';
  }

  #noteEnd(webinarId: string): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [id, endedAtMs] of this.#endedAtMs) if (nowMs - endedAtMs >= endedNoticeMs) this.#endedAtMs.delete(id);
    this.#endedAtMs.set(webinarId, nowMs);
  }

  #setState(webinarId: string, entry: Entry, state: WebinarState): void {
    entry.state = state;
    this.#options.logger.info({ webinarId, state }, 'webinar state changed');
    this.#options.onStateChanged(webinarId, state, entry.channelIds);
  }
}
