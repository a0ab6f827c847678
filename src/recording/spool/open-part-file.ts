/**
 * What the encoder has given out of the part that is still open: a file per rendition and run, written without a sync.
 * A part counts only when it is whole and durable; but bytes that were written outlive the death of every process, so
 * after a kill they become a short last part (`salvage-open-part.ts`) instead of a loss. Never in the way of anything:
 * what cannot be written is dropped.
 */
import { crc32 } from 'node:zlib';
import { type FileOpener, type WritableFile, writeFully } from '../durable-files.ts';

/** One encoder fragment and the media time behind it. */
export interface OpenFragment {
  readonly bytes: Uint8Array;
  readonly endTicks: number;
}

/** Several times what a part of the largest picture has; beyond it all is dropped, and it begins anew with the next part. */
const maxPendingBytes = 8 << 20;
const headerBytes = 8;

export class OpenPartFile {
  readonly #path: string;
  readonly #files: FileOpener;
  #handle: WritableFile | undefined;
  /** In no durable part yet. */
  #pending: OpenFragment[] = [];
  #pendingBytes = 0;
  /** Of `#pending`, in the file or on their way into it. */
  #writtenCount = 0;
  #writtenBytes = 0;
  /** The file may hold something else than the fragments counted as written. */
  #isStale = true;
  #isFailed = false;
  #writing: Promise<void> | undefined;

  constructor(path: string, files: FileOpener) {
    this.#path = path;
    this.#files = files;
  }

  /** Takes the next fragment; it is in the file soon. */
  keep(fragment: OpenFragment): void {
    if (this.#pendingBytes + fragment.bytes.length > maxPendingBytes) this.#forget(this.#pending.length);
    this.#pending.push(fragment);
    this.#pendingBytes += fragment.bytes.length;
    this.#wake();
  }

  /** Everything that ends by `endTicks` is in a durable part. */
  settle(endTicks: number): void {
    const firstOpen = this.#pending.findIndex((fragment) => fragment.endTicks > endTicks);
    this.#forget(firstOpen < 0 ? this.#pending.length : firstOpen);
    this.#isFailed = false;
    this.#wake();
  }

  /** Resolves when nothing is being written any more; the file stays. */
  async close(): Promise<void> {
    this.#pending = [];
    this.#isFailed = true;
    await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #forget(count: number): void {
    if (count === 0) return;
    for (const { bytes } of this.#pending.splice(0, count)) this.#pendingBytes -= bytes.length;
    this.#isStale = true;
  }

  #wake(): void {
    if (this.#isFailed) return;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
  }

  async #writeAll(): Promise<void> {
    try {
      while (!this.#isFailed && (this.#isStale || this.#writtenCount < this.#pending.length)) await this.#writeNext();
    } catch {
      // A full disk is told by the parts, which are written to the same folder; here nothing is promised.
      this.#isFailed = true;
      this.#isStale = true;
    }
  }

  async #writeNext(): Promise<void> {
    this.#handle ??= await this.#files.open(this.#path);
    if (this.#isStale) {
      this.#isStale = false;
      this.#writtenCount = 0;
      this.#writtenBytes = 0;
      await this.#handle.truncate(0);
      return;
    }
    const records = this.#pending.slice(this.#writtenCount).flatMap(({ bytes }) => [headerOf(bytes), bytes]);
    this.#writtenCount = this.#pending.length;
    const bytes = Buffer.concat(records);
    await writeFully(this.#handle, bytes, this.#writtenBytes);
    this.#writtenBytes += bytes.length;
  }
}

/** Length and checksum, 32 bits each. */
function headerOf(bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(bytes.length, 0);
  header.writeUInt32BE(crc32(bytes), 4);
  return header;
}

/** The fragments of such a file, up to the first that is torn or damaged. Never throws. */
export function readOpenFragments(file: Uint8Array): Uint8Array[] {
  const view = Buffer.from(file.buffer, file.byteOffset, file.length);
  const fragments: Uint8Array[] = [];
  for (let start = 0; start + headerBytes <= view.length;) {
    const bodyStart = start + headerBytes;
    const end = bodyStart + view.readUInt32BE(start);
    const bytes = view.subarray(bodyStart, end);
    if (end === bodyStart || end > view.length || crc32(bytes) !== view.readUInt32BE(start + 4)) break;
    fragments.push(bytes);
    start = end;
  }
  return fragments;
}
