/** Reads segments out of the DVR store: each once at a time, so many at once, and nobody waits for a disk that hangs. */
import { type Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/lifecycle.ts';
import { SingleFlight } from '../../core/single-flight.ts';
import { hlsError } from '../errors.ts';
import { type DvrStore } from '../ports.ts';

/** Players give up about then. */
const readDeadlineMs = 8000;
/** Segments that are read at once; each may be a megabyte. */
const maxReadCount = 128;

export class DvrReader {
  readonly #store: Pick<DvrStore, 'get'>;
  readonly #clock: Clock;
  readonly #reads = new SingleFlight<string, Uint8Array | undefined>();
  #readCount = 0;

  constructor(store: Pick<DvrStore, 'get'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @returns undefined when it is not there any more. @throws HLS_DVR_UNREADABLE, HLS_DVR_BUSY */
  read(renditionId: string, mediaSequenceNumber: number): Promise<Uint8Array | undefined> {
    return this.#reads.run(`${renditionId}/${mediaSequenceNumber}`, async () => {
      if (this.#readCount >= maxReadCount) throw hlsError('HLS_DVR_BUSY');
      this.#readCount++;
      // One that hangs counts for as long as it does, and nobody waits for it.
      const reading = this.#store.get({ renditionId, mediaSequenceNumber }).finally(() => this.#readCount--);
      try {
        return await withDeadline(reading, readDeadlineMs, this.#clock, 'the DVR store');
      } catch (cause) {
        throw hlsError('HLS_DVR_UNREADABLE', { cause });
      }
    });
  }
}
