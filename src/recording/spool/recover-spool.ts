/** Brings a spool folder back to what its journal says: replay, cut torn tails, check the open segment's bytes. */
import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type FileOpener } from '../durable-files.ts';
import { recordingError } from '../errors.ts';
import { parseJournal } from './journal-line.ts';
import { type JournaledPart, journalRecordSchema } from './journal-records.ts';
import { RunWriter } from './run-writer.ts';
import { journalName, runFileName } from './spool-layout.ts';
import { SpoolState } from './spool-state.ts';

/** @throws REC_JOURNAL_DAMAGED, REC_SPOOL_DAMAGED, and file errors as they come */
export async function openSpoolFolder(folder: string, files: FileOpener) {
  const journalPath = join(folder, journalName);
  const bytes = await readIfExists(journalPath);
  const replayed = replayJournal(bytes, folder);
  if (replayed.validBytes < bytes.length) await cut(journalPath, replayed.validBytes, files);
  const writers = new Map<string, RunWriter>();
  // A finished recording is in the store: its media here may be half removed already.
  const renditions = replayed.state.finished === undefined ? replayed.state.renditions : [];
  for (const [renditionId, rendition] of renditions) {
    for (const run of rendition.runs) {
      await cutToJournal(join(folder, runFileName(renditionId, run.runIndex)), run.sizeBytes, files);
    }
    const last = rendition.runs.at(-1);
    if (last === undefined) continue;
    const path = join(folder, runFileName(renditionId, last.runIndex));
    const openParts = replayed.openParts.get(renditionId) ?? [];
    writers.set(renditionId, new RunWriter(path, files, last.sizeBytes, await hashOpenParts(path, openParts)));
  }
  return { state: replayed.state, writers, journalBytes: replayed.validBytes, lineCount: replayed.lineCount };
}

/** Folds a journal's bytes, torn tail included. @throws REC_JOURNAL_DAMAGED */
export function replayJournal(bytes: Uint8Array, folder: string) {
  const journal = parseJournal(bytes);
  const damaged = (lineNumber: number) =>
    recordingError('REC_JOURNAL_DAMAGED', { details: { path: join(folder, journalName), lineNumber } });
  if (journal.isDamaged) throw damaged(journal.records.length);
  const state = new SpoolState();
  const openParts = new Map<string, JournaledPart[]>();
  for (const [lineNumber, line] of journal.records.entries()) {
    const record = journalRecordSchema.safeParse(line);
    if (!record.success || !state.apply(record.data)) throw damaged(lineNumber);
    if (record.data.type === 'segment') openParts.delete(record.data.renditionId);
    if (record.data.type === 'part') {
      const parts = openParts.get(record.data.renditionId);
      if (parts === undefined) openParts.set(record.data.renditionId, [record.data]);
      else parts.push(record.data);
    }
  }
  return { state, openParts, validBytes: journal.validBytes, lineCount: journal.records.length };
}

/** @throws REC_SPOOL_DAMAGED when the file is shorter than its journal says */
async function cutToJournal(path: string, journaledBytes: number, files: FileOpener): Promise<void> {
  const sizeBytes = await sizeOf(path);
  if (sizeBytes < journaledBytes)
    throw recordingError('REC_SPOOL_DAMAGED', { details: { path, sizeBytes, journaledBytes } });
  if (sizeBytes > journaledBytes) await cut(path, journaledBytes, files);
}

async function cut(path: string, sizeBytes: number, files: FileOpener): Promise<void> {
  const handle = await files.open(path);
  try {
    await handle.truncate(sizeBytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Hash of the open segment so far; each part is checked on the way. @throws REC_SPOOL_DAMAGED */
async function hashOpenParts(path: string, parts: readonly JournaledPart[]) {
  const hash = createHash('sha256');
  if (parts.length === 0) return hash;
  const handle = await open(path, 'r');
  try {
    for (const part of parts) {
      const bytes = Buffer.alloc(part.sizeBytes);
      const { bytesRead } = await handle.read(bytes, 0, part.sizeBytes, part.offsetBytes);
      if (bytesRead !== part.sizeBytes || crc32(bytes) !== part.crc32) {
        throw recordingError('REC_SPOOL_DAMAGED', { details: { path, offsetBytes: part.offsetBytes } });
      }
      hash.update(bytes);
    }
  } finally {
    await handle.close();
  }
  return hash;
}

async function readIfExists(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array();
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
