/** One program on its way into the store: all renditions, then the playlist that names them; and out of it again. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type CounterMetric } from '../../core/metrics.ts';
import { renderMultivariantPlaylist } from '../origin/playlist-source.ts';
import { type Program } from '../packager/program.ts';
import { type GuardedStore } from './guarded-store.ts';
import { LatestObject } from './latest-object.ts';
import { RenditionPush } from './rendition-push.ts';
import { playlistObject, storeKeys } from './store-layout.ts';

const deleteDeadlineMs = 5000;
const deleteTryCount = 3;
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
  readonly #abort = new AbortController();
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
    const { signal } = this.#abort;
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
    if (this.#abort.signal.aborted) return;
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

  /** Leaves in the store what is there. Idempotent. */
  stop(): void {
    this.#abort.abort();
  }

  /** Takes everything out of the store again, the way in first. Never rejects. */
  async withdraw(): Promise<void> {
    this.stop();
    await this.idle();
    await this.#sweeping;
    const keys = [
      ...(this.#superseded.signal.aborted ? [] : [this.#multivariantKey]),
      ...this.#renditions.flatMap((rendition) => rendition.keys),
      ...this.#outdatedKeys,
    ];
    let leftCount = 0;
    const deleteNext = async (): Promise<void> => {
      for (let key = keys.shift(); key !== undefined; key = keys.shift()) if (!(await this.#delete(key))) leftCount++;
    };
    await deleteNext();
    await Promise.all(Array.from({ length: deleteConcurrency }, deleteNext));
    const { sessionId } = this.program;
    if (leftCount > 0) this.#options.logger.error({ sessionId, leftCount }, 'objects are left in the HLS store');
  }

  get #multivariantKey(): string {
    return storeKeys.multivariant(this.program.webinarId);
  }

  /** Only when every playlist that it names is there; again when it says something else. */
  #offerMultivariant(): void {
    if (!this.#renditions.every(({ isListed }) => isListed)) return;
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
      if (!(await store.delete(key, deleteDeadlineMs, this.#abort.signal))) return;
      this.#outdatedKeys.shift();
    }
  }

  async #delete(key: string): Promise<boolean> {
    const never = new AbortController().signal;
    for (let attempt = 0; attempt < deleteTryCount; attempt++)
      if (await this.#options.store.delete(key, deleteDeadlineMs, never)) return true;
    return false;
  }
}
