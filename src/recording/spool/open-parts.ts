/** The open parts of one recording: one file per rendition, of its newest run only. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileOpener } from '../durable-files.ts';
import { type RecordedFragment, type RecordedPart } from '../ports.ts';
import { OpenPartFile } from './open-part-file.ts';
import { openPartFileName } from './spool-layout.ts';

interface OpenPart {
  readonly runIndex: number;
  readonly path: string;
  readonly file: OpenPartFile;
}

export class OpenParts {
  readonly #folder: string;
  readonly #files: FileOpener;
  readonly #byRendition = new Map<string, OpenPart>();
  /** Of earlier runs. */
  readonly #leaving = new Set<Promise<void>>();

  /** @param folder of the session's spool; it must exist before the first fragment */
  constructor(folder: string, files: FileOpener) {
    this.#folder = folder;
    this.#files = files;
  }

  keep({ renditionId, runIndex, bytes, endTicks }: RecordedFragment): void {
    let part = this.#byRendition.get(renditionId);
    if (part !== undefined && runIndex < part.runIndex) return;
    if (part?.runIndex !== runIndex) {
      if (part !== undefined) this.#remove(part);
      part = this.#add(renditionId, runIndex);
    }
    part.file.keep({ bytes, endTicks });
  }

  /** The part is durable. */
  settle(part: Pick<RecordedPart, 'renditionId' | 'runIndex' | 'startTicks' | 'durationTicks'>): void {
    const open = this.#byRendition.get(part.renditionId);
    if (open?.runIndex === part.runIndex) open.file.settle(part.startTicks + part.durationTicks);
  }

  /** Stops writing; the files stay for whoever opens the spool next. */
  async close(): Promise<void> {
    const files = [...this.#byRendition.values()].map(({ file }) => file.close());
    this.#byRendition.clear();
    await Promise.all([...files, ...this.#leaving]);
  }

  #add(renditionId: string, runIndex: number): OpenPart {
    const path = join(this.#folder, openPartFileName(renditionId, runIndex));
    const part = { runIndex, path, file: new OpenPartFile(path, this.#files) };
    this.#byRendition.set(renditionId, part);
    return part;
  }

  /** A file that cannot be removed goes with the spool's folder. */
  #remove({ file, path }: OpenPart): void {
    const leaving: Promise<void> = file
      .close()
      .then(() => rm(path, { force: true }))
      .catch(() => undefined)
      .finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }
}
