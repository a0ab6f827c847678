/** One program on its way into the store: all renditions, then the playlist that names them; and out of it again. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric } from '../../core/metrics.ts';
import { pause } from '../../core/pause.ts';
import { renderMultivariantPlaylist } from '../origin/playlist-source.ts';
import { type Program } from '../packager/program.ts';
import { type GuardedStore } from './guarded-store.ts';
import { LatestObject } from './latest-object.ts';
import { RenditionPush } from './rendition-push.ts';
import { retryDelayMs } from './retry-delay.ts';
import { playlistObject, storeKeys } from './store-layout.ts';

const deleteDeadlineMs = 5000;
/** Beyond it the oldest are left behind, for a lifecycle rule of the bucket. */
const maxOutdatedCount = 5000;
/** Deletes under way at once, when everything has to go. */
const deleteConcurrency = 8;

export interface ProgramPushOptions {
  readonly program: Program;
  readonly windowSec: number;
  readonly store: GuardedStore;
  readonly segmentCounter: CounterMetric;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class ProgramPush {
  readonly program: Program;
  readonly #options: ProgramPushOptions;
  readonly #stop = new AbortController();
  readonly #closed = new AbortController();
  /** The address of a webinar belongs to its newest program. */
  readonly #superseded = new AbortController();
  readonly #renditions: readonly RenditionPush[];
  readonly #multivariant: LatestObject;
  #multivariantText = '';
  #outdatedKeys: string[] = [];
  #isEnded = false;
  #sweeping: Promise<void> | undefined;

  constructor(options: ProgramPushOptions) {
    this.#options = options;
    const { program, windowSec, store, segmentCounter, clock } = options;
    this.program = program;
    const { signal } = this.#stop;
    const kinds = [
      ...program.renditions,
      ...program.captions.map(({ renditionId }) => ({ renditionId, kind: 'captions' as const })),
    ];
    const onPlaylistStored = (): void => this.#offerMultivariant();
    const common = { program, windowSec, store, segmentCounter, clock, signal, onPlaylistStored };
    this.#renditions = kinds.map(
      ({ renditionId, kind }) =>
        new RenditionPush({ ...common, renditionId, kind, source: program.window(renditionId)! }),
    );
    const { targetDurationSec } = program.timing;
    this.#multivariant = new LatestObject({
      ...{ store, clock, signal: AbortSignal.any([signal, this.#superseded.signal]) },
      putDeadlineMs: 1000 * targetDurationSec,
      render: () => playlistObject(this.#multivariantKey, this.#multivariantText, targetDurationSec),
    });
  }

  /** To be called whenever the program has published something. Never throws. */
  follow(): void {
    if (this.#stop.signal.aborted) return;
    for (const rendition of this.#renditions) rendition.follow();
    if (this.program.isEnded && !this.#isEnded) {
      this.#isEnded = true;
      for (const rendition of this.#renditions) rendition.end();
    }
    this.#sweeping ??= this.#sweep().finally(() => (this.#sweeping = undefined));
  }

  /** Another program of the webinar has its address from now on. */
  supersede(): void {
    this.#superseded.abort();
  }

  /** Resolves when the store has everything there is, or has been given up. */
  async idle(): Promise<void> {
    await Promise.all(this.#renditions.map((rendition) => rendition.idle()));
    await this.#multivariant.idle();
  }

  /** Leaves in the store what is there, and gives up what is under way. Idempotent. */
  close(): void {
    this.#stop.abort();
    this.#closed.abort();
    this.#options.store.close();
  }

  /** Takes everything out of the store again, the way in first; tries for as long as it takes, or until `close`. Never rejects. */
  async withdraw(): Promise<void> {
    const { clock, logger } = this.#options;
    const { sessionId } = this.program;
    this.#stop.abort();
    // What is under way would be there after it was deleted.
    await this.idle();
    await this.#sweeping;
    let keys = [
      this.#multivariantKey,
      ...this.#renditions.flatMap((rendition) => rendition.keys),
      ...this.#outdatedKeys,
    ];
    for (let attempt = 0; keys.length > 0; attempt++) {
      const leftCount = keys.length;
      keys = await this.#deleteAll(keys);
      if (keys.length === 0 || this.#closed.signal.aborted) break;
      if (attempt === 0) logger.error({ sessionId, leftCount: keys.length }, 'HLS store lets nothing go; trying again');
      await pause(clock, retryDelayMs(keys.length < leftCount ? 0 : attempt, Math.random()), this.#closed.signal);
    }
    if (keys.length > 0) logger.error({ sessionId, leftCount: keys.length }, 'objects are left in the HLS store');
  }

  get #multivariantKey(): string {
    return storeKeys.multivariant(this.program.webinarId);
  }

  /** Only when every playlist that it names is there; again when it says something else. */
  #offerMultivariant(): void {
    if (!this.program.isReady || !this.#renditions.every(({ isListed }) => isListed)) return;
    const text = renderMultivariantPlaylist(this.program, { hasIFrames: false });
    if (text === this.#multivariantText) return;
    this.#multivariantText = text;
    this.#multivariant.changed();
  }

  /** What a store does not let go is tried again with the next. */
  async #sweep(): Promise<void> {
    const { clock, store } = this.#options;
    const nowMs = clock.nowMs();
    const outdated = this.#renditions.flatMap((rendition) => rendition.takeOutdated(nowMs));
    this.#outdatedKeys = [...this.#outdatedKeys, ...outdated].slice(-maxOutdatedCount);
    for (let key = this.#outdatedKeys[0]; key !== undefined; key = this.#outdatedKeys[0]) {
      if (this.#stop.signal.aborted || !(await store.delete(key, deleteDeadlineMs))) return;
      this.#outdatedKeys.shift();
    }
  }

  /** @returns those that are left */
  async #deleteAll(keys: readonly string[]): Promise<string[]> {
    const [first, ...waiting] = keys;
    const left: string[] = [];
    const deleteOne = async (key: string): Promise<void> => {
      // Another program has it by now.
      if (key === this.#multivariantKey && this.#superseded.signal.aborted) return;
      if (!(await this.#options.store.delete(key, deleteDeadlineMs))) left.push(key);
    };
    const deleteNext = async (): Promise<void> => {
      for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) await deleteOne(key);
    };
    await deleteOne(first!);
    await Promise.all(Array.from({ length: deleteConcurrency }, deleteNext));
    return left;
  }
}
