/**
 * Brings a spool folder back to what its journal says: replay, cut torn tails, check the open segment's bytes. What is
 * damaged is kept beside (`*.damaged-<n>`) and named as a loss; the rest of the recording goes on.
 */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { type FileOpener, syncFolder, writeFully } from '../durable-files.ts';
import { recordingError } from '../errors.ts';
import { initName, segmentName } from '../object-key.ts';
import { encodeJournalLine, parseJournal } from './journal-line.ts';
import { type JournaledPart, type JournalRecord, journalRecordSchema } from './journal-records.ts';
import { RunWriter } from './run-writer.ts';
import { journalName, runFileName } from './spool-layout.ts';
import { lastMediaAtMs, type SpooledSegment, SpoolState } from './spool-state.ts';

/** @throws REC_JOURNAL_DAMAGED when no recording can be told from the journal, and file errors as they come */
export async function openSpoolFolder(folder: string, files: FileOpener) {
  const journalPath = join(folder, journalName);
  const bytes = await readIfExists(journalPath);
  const replayed = replayJournal(bytes, folder);
  const { state } = replayed;
  let { validBytes, lineCount } = replayed;
  if (replayed.isDamaged) {
    const suffix = `.damaged-${randomUUID()}`;
    for (const { name, sizeBytes } of journaledFiles(state)) await keepTail(join(folder, name), sizeBytes, suffix);
    await keepTail(journalPath, 0, suffix);
    const loss = { type: 'loss', atMs: lastMediaAtMs(state), cause: 'spoolDamaged', partCount: 0 } as const;
    const line = Buffer.from(encodeJournalLine(lineCount, loss));
    await replaceJournal(journalPath, Buffer.concat([bytes.subarray(0, validBytes), line]), files);
    state.apply(loss);
    validBytes += line.length;
    lineCount++;
  } else if (validBytes < bytes.length) await cut(journalPath, validBytes, files);
  const damages: Damage[] = [];
  const writers = new Map<string, RunWriter>();
  // A finished recording is in the store: its media here may be half removed already.
  const renditions = state.finished === undefined ? state.renditions : [];
  for (const [renditionId, rendition] of renditions) {
    for (const run of rendition.runs) {
      const path = join(folder, runFileName(renditionId, run.runIndex));
      const sizeBytes = await cutToJournal(path, run.sizeBytes, files);
      // Uploading looks at them again: what the store has comes back into the file.
      if (sizeBytes < run.initSizeBytes) state.uploaded.delete(initName(renditionId, run.runIndex));
      for (const segment of run.segments) {
        if (segment.offsetBytes + segment.sizeBytes <= sizeBytes) continue;
        state.uploaded.delete(segmentName(renditionId, segment.mediaSequenceNumber));
      }
    }
    const last = rendition.runs.at(-1);
    if (last === undefined) continue;
    const path = join(folder, runFileName(renditionId, last.runIndex));
    const open = state.openSegment(renditionId);
    let hash: Hash | undefined = createHash('sha256');
    if (open !== undefined) {
      hash = await hashOpenParts(path, replayed.openParts.get(renditionId) ?? []);
      if (hash === undefined) damages.push(damageOf(open));
    }
    writers.set(renditionId, new RunWriter(path, files, last.sizeBytes, hash));
  }
  return { state, writers, journalBytes: validBytes, lineCount, damages };
}

export type Damage = Extract<JournalRecord, { type: 'loss' }>;

export function damageOf(segment: SpooledSegment): Damage {
  const { renditionId, mediaSequenceNumber, programDateTimeMs, partCount } = segment;
  const name = segmentName(renditionId, mediaSequenceNumber);
  return { type: 'loss', atMs: programDateTimeMs, cause: 'spoolDamaged', partCount, name };
}

function journaledFiles(state: SpoolState) {
  return [...state.renditions].flatMap(([renditionId, { runs }]) =>
    runs.map((run) => ({ name: runFileName(renditionId, run.runIndex), sizeBytes: run.sizeBytes })),
  );
}

/** Copies what lies behind `fromBytes`: behind a damaged line there may be media that was acknowledged. */
async function keepTail(path: string, fromBytes: number, suffix: string): Promise<void> {
  if ((await sizeOf(path)) <= fromBytes) return;
  await pipeline(createReadStream(path, { start: fromBytes }), createWriteStream(`${path}${suffix}`, { flush: true }));
}

/** Atomic: the damage stays until the line that names it is durable. */
async function replaceJournal(path: string, bytes: Uint8Array, files: FileOpener): Promise<void> {
  const newPath = `${path}.new`;
  await rm(newPath, { force: true });
  const handle = await files.open(newPath);
  try {
    await writeFully(handle, bytes, 0);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(newPath, path);
  await syncFolder(dirname(path));
}

/** Folds a journal's bytes up to its first invalid line. @throws REC_JOURNAL_DAMAGED when what is valid tells no recording */
export function replayJournal(bytes: Uint8Array, folder: string) {
  const journal = parseJournal(bytes);
  const damaged = (lineNumber: number) =>
    recordingError('REC_JOURNAL_DAMAGED', { details: { path: join(folder, journalName), lineNumber } });
  if (journal.isDamaged && journal.records.length === 0) throw damaged(0);
  const state = new SpoolState();
  const openParts = new Map<string, JournaledPart[]>();
  for (const [lineNumber, line] of journal.records.entries()) {
    const record = journalRecordSchema.safeParse(line);
    if (!record.success || !state.apply(record.data)) throw damaged(lineNumber);
    if (record.data.type === 'segment') openParts.delete(record.data.renditionId);
    if (record.data.type === 'part') {
      const parts = openParts.get(record.data.renditionId);
      if (parts === undefined || record.data.partIndex === 0) openParts.set(record.data.renditionId, [record.data]);
      else parts.push(record.data);
    }
  }
  const { validBytes, isDamaged } = journal;
  return { state, openParts, validBytes, isDamaged, lineCount: journal.records.length };
}

/** A file that is shorter than its journal says stays so: what is missing is found when it is uploaded. */
async function cutToJournal(path: string, journaledBytes: number, files: FileOpener): Promise<number> {
  const sizeBytes = await sizeOf(path);
  if (sizeBytes > journaledBytes) await cut(path, journaledBytes, files);
  return sizeBytes;
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

/** Hash of the open segment so far; undefined when bytes of a part are missing or changed. */
async function hashOpenParts(path: string, parts: readonly JournaledPart[]): Promise<Hash | undefined> {
  const hash = createHash('sha256');
  if (parts.length === 0) return hash;
  if ((await sizeOf(path)) === 0) return undefined;
  const handle = await open(path, 'r');
  try {
    for (const part of parts) {
      const bytes = Buffer.alloc(part.sizeBytes);
      const { bytesRead } = await handle.read(bytes, 0, part.sizeBytes, part.offsetBytes);
      if (bytesRead !== part.sizeBytes || crc32(bytes) !== part.crc32) return undefined;
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
