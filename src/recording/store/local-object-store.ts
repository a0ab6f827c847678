/** Object store in a local folder: a key is a path, a put is temp file + fsync + rename + folder fsync. */
import { randomUUID } from 'node:crypto';
import { constants, createReadStream, type Dirent } from 'node:fs';
import { copyFile, link, lstat, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolderDurable, syncFolder } from '../durable-files.ts';
import { recordingError, toSpoolError } from '../errors.ts';
import { assertObjectKey, isObjectKey } from '../object-key.ts';
import { type ObjectStore } from '../ports.ts';

/** Beside the keys, whose elements never begin with a dot. */
const tempFolderName = '.incoming';

export class LocalObjectStore implements ObjectStore {
  readonly #rootPath: string;

  private constructor(rootPath: string) {
    this.#rootPath = rootPath;
  }

  /** Creates the root folder when missing and proves that it can be written. @throws REC_DATA_DIR_UNWRITABLE */
  static async open(rootPath: string): Promise<LocalObjectStore> {
    try {
      const tempFolder = join(rootPath, tempFolderName);
      await makeFolderDurable(tempFolder);
      await removeStaleTemps(tempFolder);
      const probe = join(tempFolder, randomUUID());
      await (await open(probe, 'wx')).close();
      await rm(probe);
      return new LocalObjectStore(await realpath(rootPath));
    } catch (cause) {
      throw recordingError('REC_DATA_DIR_UNWRITABLE', {
        cause,
        message: `The object store folder ${rootPath} cannot be written.`,
        details: { path: rootPath },
      });
    }
  }

  async put(key: string, body: Uint8Array | NodeJS.ReadableStream, _contentType: string): Promise<void> {
    await this.#place(key, async (tempPath) => {
      const handle = await open(tempPath, 'wx');
      try {
        if (body instanceof Uint8Array) await handle.writeFile(body);
        else for await (const chunk of body) await handle.writeFile(chunk);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  async putFile(key: string, path: string, _contentType: string): Promise<void> {
    await this.#place(key, async (tempPath) => {
      try {
        await link(path, tempPath);
      } catch (error) {
        // Another file system, or one without hard links.
        if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
        await copyFile(path, tempPath, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      }
      const handle = await open(tempPath, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  async head(key: string): Promise<{ readonly sizeBytes: number } | undefined> {
    assertObjectKey(key);
    try {
      await this.#refuseLinks(key);
      const found = await stat(join(this.#rootPath, key));
      return found.isFile() ? { sizeBytes: found.size } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storeError(error, key);
    }
  }

  async get(key: string, range?: { readonly start: number; readonly end: number }): Promise<NodeJS.ReadableStream> {
    const found = await this.head(key);
    if (found === undefined) throw recordingError('REC_OBJECT_NOT_FOUND', { details: { key } });
    if (range === undefined) return createReadStream(join(this.#rootPath, key));
    const isInside = Number.isInteger(range.start) && Number.isInteger(range.end) && range.start >= 0;
    if (!isInside || range.end < range.start || range.start >= found.sizeBytes) {
      throw recordingError('REC_OBJECT_RANGE_INVALID', { details: { key, ...range, sizeBytes: found.sizeBytes } });
    }
    return createReadStream(join(this.#rootPath, key), range);
  }

  async list(prefix: string): Promise<readonly string[]> {
    const folder = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
    if (folder !== '') assertObjectKey(folder);
    const keys: string[] = [];
    // A prefix may end inside a name, so its parent folder is walked and filtered.
    const slashIndex = prefix.lastIndexOf('/');
    await this.#walk(slashIndex < 0 ? '' : prefix.slice(0, slashIndex), prefix, keys);
    return keys.sort();
  }

  async #walk(folderKey: string, prefix: string, keys: string[]): Promise<void> {
    let entries: Dirent[];
    try {
      entries = await readdir(join(this.#rootPath, folderKey), { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return;
      throw storeError(error, folderKey);
    }
    for (const entry of entries) {
      const key = folderKey === '' ? entry.name : `${folderKey}/${entry.name}`;
      if (!isObjectKey(key)) continue;
      if (entry.isDirectory() && (key.startsWith(prefix) || prefix.startsWith(`${key}/`))) {
        await this.#walk(key, prefix, keys);
      } else if (entry.isFile() && key.startsWith(prefix)) keys.push(key);
    }
  }

  async #place(key: string, write: (tempPath: string) => Promise<void>): Promise<void> {
    assertObjectKey(key);
    const path = join(this.#rootPath, key);
    const tempPath = join(this.#rootPath, tempFolderName, randomUUID());
    try {
      await this.#refuseLinks(key);
      await write(tempPath);
      await makeFolderDurable(dirname(path));
      await rename(tempPath, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(tempPath, { force: true });
      throw storeError(error, key);
    }
  }

  /** A symbolic link below the root could lead out of it, so none is followed. */
  async #refuseLinks(key: string): Promise<void> {
    let path = this.#rootPath;
    for (const element of key.split('/')) {
      path = join(path, element);
      try {
        if (!(await lstat(path)).isSymbolicLink()) continue;
      } catch (error) {
        if (isMissing(error)) return;
        throw error;
      }
      throw recordingError('REC_OBJECT_KEY_INVALID', {
        message: 'The object key leads through a symbolic link.',
        details: { key },
      });
    }
  }
}

/** Temp files of a process that was killed during a put; a day is far more than any put takes. */
async function removeStaleTemps(folder: string): Promise<void> {
  const newest = await lstat(folder);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (newest.mtimeMs - (await lstat(path)).mtimeMs > 24 * 3_600_000) await rm(path, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

function storeError(cause: unknown, key: string) {
  if (cause instanceof Error && 'spec' in cause) return cause;
  const spoolError = toSpoolError(cause, key);
  return spoolError.code === 'REC_DISK_FULL'
    ? spoolError
    : recordingError('REC_STORE_FAILED', { cause, details: { key } });
}
