/** File operations whose result survives a power cut: write fully, sync the file, sync the folder that names it. */
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes names created, renamed or removed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a folder with its parents; each new name is durable when it resolves. */
export async function makeFolderDurable(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolderDurable(parent);
  await mkdir(path, { recursive: true });
  await syncFolder(parent);
}

/** Writes every byte at `positionBytes`; a single write call may take only some of them. */
export async function writeFully(handle: WritableFile, bytes: Uint8Array, positionBytes: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const result = await handle.write(bytes, written, bytes.length - written, positionBytes + written);
    written += result.bytesWritten;
  }
}

/** The part of a file handle that the spool writes with. */
export type WritableFile = Pick<FileHandle, 'datasync' | 'truncate' | 'close'> & {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
};

/** How the spool opens files for writing; tests put disk faults here. */
export interface FileOpener {
  /** Opens for reading and writing, creating the file when missing; does not truncate. */
  open(path: string): Promise<WritableFile>;
}

export const diskFiles: FileOpener = {
  async open(path) {
    try {
      return await open(path, 'r+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const handle = await open(path, 'wx+');
    try {
      await syncFolder(dirname(path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    return handle;
  },
};

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
