/**
 * Brings a recording's closed segments into the object store while it goes on. The spool is the queue: nothing waits in
 * memory, a restart continues where the journal says. Errors of store and disk are retried for as long as
 * the process lives; an object whose bytes are damaged is given up, and the others go on.
 */
import { type Clock } from '../../core/clock.ts';
import { type RostrumError, toRostrumError } from '../../core/errors.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { pause } from '../../core/pause.ts';
import { type ObjectStore } from '../ports.ts';
import { retryDelayMs, type RetryPolicy } from '../retry.ts';
import { type PendingUpload } from '../spool/session-spool.ts';
import { type UploadSlots } from './upload-slots.ts';
import { uploadSpoolRange } from './verified-upload.ts';

export const uploadRetryPolicy: RetryPolicy = { firstDelayMs: 250, maxDelayMs: 15_000 };

export interface SessionUploaderOptions {
  readonly prefix: string;
  readonly store: ObjectStore;
  readonly slots: UploadSlots;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Undefined when everything closed so far is uploaded. */
  readonly next: () => PendingUpload | undefined;
  readonly onUploaded: (upload: PendingUpload) => Promise<void>;
  /** The bytes are not those recorded: `next` must not offer this upload again. */
  readonly onDamaged: (upload: PendingUpload, error: RostrumError) => Promise<void>;
  /** It failed and is due again: `next` may offer others first. */
  readonly onPostponed: (upload: PendingUpload) => void;
}

export class SessionUploader extends Lifecycle {
  readonly #options: SessionUploaderOptions;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: SessionUploaderOptions) {
    super({ clock: options.clock });
    this.#options = options;
    this.own('upload', async () => {
      this.#abort.abort();
      await this.#running;
    });
  }

  /** Something new may be there; returns at once. */
  wake(): void {
    if (this.isClosed) return;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is left to upload, or the uploader closed. */
  async drained(): Promise<void> {
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    // First `wake` stores the promise; the end clears it in the same turn as the last look, so no wake is lost.
    await Promise.resolve();
    try {
      await this.#uploadAll();
    } finally {
      this.#running = undefined;
    }
  }

  async #uploadAll(): Promise<void> {
    for (let attempt = 0; !this.isClosed;) {
      const upload = this.#options.next();
      if (upload === undefined) return;
      try {
        await this.#options.slots.run(() => this.#upload(upload));
        attempt = 0;
      } catch (thrown) {
        const error = toRostrumError(thrown);
        if (error.code === 'REC_SPOOL_DAMAGED') {
          await this.#options.onDamaged(upload, error);
          continue;
        }
        this.#options.onPostponed(upload);
        attempt++;
        const delayMs = retryDelayMs(uploadRetryPolicy, attempt, Math.random());
        const fields = { name: upload.name, attempt, delayMs: Math.round(delayMs), code: error.code, error };
        this.#options.logger.warn(fields, 'upload failed, trying again');
        await pause(this.#options.clock, delayMs, this.#abort.signal);
      }
    }
  }

  async #upload(upload: PendingUpload): Promise<void> {
    await uploadSpoolRange(this.#options.store, `${this.#options.prefix}/${upload.name}`, upload);
    await this.#options.onUploaded(upload);
  }
}
