/** DVR segments as files of one folder: `<rendition>/<number>.m4s`. Nothing here outlives the program, so nothing is synced. */
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hlsError } from '../errors.ts';
import { type DvrSegment, type DvrStore } from '../ports.ts';

/** Recordings and the database have the last of the disk for themselves: a tenth of it, at most so much. */
const reservedShare = 0.1;
const maxReservedBytes = 10 * 2 ** 30;

export class FileDvrStore implements DvrStore {
  readonly #directory: string;
  readonly #reserved: { readonly share: number; readonly maxBytes: number };
  readonly #madeIds = new Set<string>();

  /** @param directory of this program alone; made when needed, removed by `clear` */
  constructor(directory: string, reserved = { share: reservedShare, maxBytes: maxReservedBytes }) {
    this.#directory = directory;
    this.#reserved = reserved;
  }

  /** @throws HLS_DVR_DISK_FULL, or as the file system does */
  async put(segment: DvrSegment, parts: readonly Uint8Array[]): Promise<void> {
    const { renditionId } = segment;
    if (!this.#madeIds.has(renditionId)) {
      await mkdir(join(this.#directory, renditionId), { recursive: true, mode: 0o700 });
      this.#madeIds.add(renditionId);
    }
    await this.#assertRoom();
    // Unlike writev it goes on where a write was cut short. What a failure leaves is written over by the next try; taken
    // away by one that failed late, the file of a try that succeeded meanwhile would be missing.
    await writeFile(this.#pathOf(segment), parts, { mode: 0o600 });
  }

  async get(segment: DvrSegment): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#pathOf(segment));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async delete(segment: DvrSegment): Promise<void> {
    await rm(this.#pathOf(segment), { force: true }).catch(() => undefined);
  }

  async clear(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true }).catch(() => undefined);
  }

  async #assertRoom(): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(this.#directory);
    const { share, maxBytes } = this.#reserved;
    if (bavail * bsize < Math.min(maxBytes, share * blocks * bsize)) throw hlsError('HLS_DVR_DISK_FULL');
  }

  #pathOf({ renditionId, mediaSequenceNumber }: DvrSegment): string {
    return join(this.#directory, renditionId, `${mediaSequenceNumber}.m4s`);
  }
}
