/** The open media file of one rendition: bytes staged in memory, written and synced at commit, hashed on the way. */
import { createHash, type Hash } from 'node:crypto';
import { type FileOpener, type WritableFile, writeFully } from '../durable-files.ts';

export class RunWriter {
  readonly path: string;
  readonly #files: FileOpener;
  #handle: WritableFile | undefined;
  #staged: Uint8Array[] = [];
  #writtenBytes: number;
  #segmentHash: Hash;

  /** @param writtenBytes durable length of the file. @param segmentHash of the open segment's bytes so far. */
  constructor(path: string, files: FileOpener, writtenBytes: number, segmentHash: Hash = createHash('sha256')) {
    this.path = path;
    this.#files = files;
    this.#writtenBytes = writtenBytes;
    this.#segmentHash = segmentHash;
  }

  stageInit(bytes: Uint8Array): void {
    this.#staged.push(bytes);
  }

  stagePart(bytes: Uint8Array): void {
    this.#staged.push(bytes);
    this.#segmentHash.update(bytes);
  }

  /** SHA-256 of the segment that ends here; the next part begins a new one. */
  closeSegment(): string {
    const sha256 = this.#segmentHash.digest('hex');
    this.#segmentHash = createHash('sha256');
    return sha256;
  }

  /** Everything staged is on disk when it resolves. */
  async commit(): Promise<void> {
    if (this.#staged.length === 0) return;
    const bytes = this.#staged.length === 1 ? this.#staged[0]! : Buffer.concat(this.#staged);
    this.#staged = [];
    this.#handle ??= await this.#files.open(this.path);
    await writeFully(this.#handle, bytes, this.#writtenBytes);
    await this.#handle.datasync();
    this.#writtenBytes += bytes.length;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
