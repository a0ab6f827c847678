/**
 * The spool folder of one recording: journal plus one growing file per rendition and run.
 * `stage*` works in memory; `commit` makes everything staged durable: first the media bytes (write, fdatasync), then the
 * journal lines that name them (write, fdatasync). So a journaled part always has its bytes, and bytes without a line are
 * cut off when the spool is opened again.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { diskFiles, type FileOpener, makeFolderDurable, type WritableFile, writeFully } from '../durable-files.ts';
import { toSpoolError } from '../errors.ts';
import { sha256Of } from '../hashing.ts';
import { initName, segmentName } from '../object-key.ts';
import { type RecordedEvent, type RecordedInit, type RecordedPart, type RecordedSegment } from '../ports.ts';
import { encodeJournalLine } from './journal-line.ts';
import { type JournalRecord } from './journal-records.ts';
import { journalName, runFileName } from './spool-layout.ts';
import { type Damage, damageOf, openSpoolFolder } from './recover-spool.ts';
import { RunWriter } from './run-writer.ts';
import { type SpooledRun, type SpooledSegment, type SpoolState } from './spool-state.ts';

/** A range of a spool file that becomes one object. */
export interface PendingUpload {
  /** Object name relative to the recording. */
  readonly name: string;
  readonly path: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** `kept`: will be durable with the next commit. `known`: was recorded before. `lost`: cannot be placed. */
export type StageResult = 'kept' | 'known' | 'lost';

export class SessionSpool {
  readonly folder: string;
  readonly state: SpoolState;
  readonly #files: FileOpener;
  readonly #journal: WritableFile;
  readonly #writers: Map<string, RunWriter>;
  readonly #retired: RunWriter[] = [];
  readonly #uploads = new Map<string, PendingUpload>();
  #journalBytes: number;
  #lineCount: number;
  #stagedRecords: JournalRecord[] = [];
  /** Objects that become uploadable with the next commit. */
  #stagedUploads: PendingUpload[] = [];

  private constructor(folder: string, files: FileOpener, journal: WritableFile, opened: OpenedSpool) {
    this.folder = folder;
    this.#files = files;
    this.#journal = journal;
    this.state = opened.state;
    this.#writers = opened.writers;
    this.#journalBytes = opened.journalBytes;
    this.#lineCount = opened.lineCount;
    for (const [renditionId, rendition] of this.state.renditions) {
      for (const run of rendition.runs) {
        if (!run.isDamaged) this.#addUpload(this.#initUpload(renditionId, run));
        for (const segment of run.segments) {
          if (segment.sha256 !== undefined && !segment.isDamaged) this.#addUpload(this.#segmentUpload(segment));
        }
      }
    }
    for (const damage of opened.damages) this.stage(damage);
  }

  /**
   * Opens or creates the folder, replays the journal and cuts off what no valid line names.
   * @throws REC_DISK_FULL, REC_WRITE_FAILED, REC_JOURNAL_DAMAGED
   */
  static async open(folder: string, files: FileOpener = diskFiles): Promise<SessionSpool> {
    try {
      await makeFolderDurable(folder);
      const opened = await openSpoolFolder(folder, files);
      const journal = await files.open(join(folder, journalName));
      return new SessionSpool(folder, files, journal, opened);
    } catch (error) {
      throw error instanceof Error && 'spec' in error ? error : toSpoolError(error, folder);
    }
  }

  /** Records other than media; they must fit the state (the caller checks). */
  stage(record: JournalRecord): void {
    this.state.apply(record);
    this.#stagedRecords.push(record);
  }

  stageEvent(event: RecordedEvent): StageResult {
    if (this.state.knowsEvent(event)) return 'known';
    this.stage({ type: 'event', event });
    return 'kept';
  }

  /** Begins a run; an open segment of the run before is closed as torn. */
  stageInit({ renditionId, runIndex, bytes }: RecordedInit): StageResult {
    if (!this.state.renditions.has(renditionId)) return 'lost';
    if (runIndex <= (this.state.lastRun(renditionId)?.runIndex ?? -1)) return 'known';
    this.tearOpenSegment(renditionId);
    const previous = this.#writers.get(renditionId);
    if (previous !== undefined) this.#retired.push(previous);
    const writer = new RunWriter(join(this.folder, runFileName(renditionId, runIndex)), this.#files, 0);
    this.#writers.set(renditionId, writer);
    writer.stageInit(bytes);
    this.stage({ type: 'init', renditionId, runIndex, sizeBytes: bytes.length, sha256: sha256Of(bytes) });
    this.#stagedUploads.push(this.#initUpload(renditionId, this.state.lastRun(renditionId)!));
    return 'kept';
  }

  stagePart({ bytes, ...timing }: RecordedPart): StageResult {
    const { renditionId, mediaSequenceNumber, partIndex } = timing;
    const last = this.state.lastSegment(renditionId);
    if (last !== undefined && mediaSequenceNumber < last.mediaSequenceNumber) return 'known';
    if (last?.mediaSequenceNumber === mediaSequenceNumber && partIndex < last.partCount) return 'known';
    const run = this.state.lastRun(renditionId);
    const open = this.state.openSegment(renditionId);
    const isNext = open?.mediaSequenceNumber === mediaSequenceNumber && open.partCount === partIndex;
    if (!isNext) this.tearOpenSegment(renditionId);
    const isFirst = partIndex === 0 && last?.mediaSequenceNumber !== mediaSequenceNumber;
    const writer = this.#writers.get(renditionId);
    if (run?.runIndex !== timing.runIndex || writer === undefined || (!isNext && !isFirst)) return 'lost';
    writer.stagePart(bytes);
    this.stage({
      type: 'part',
      ...timing,
      offsetBytes: run.sizeBytes,
      sizeBytes: bytes.length,
      crc32: crc32(bytes),
    });
    return 'kept';
  }

  stageSegment(segment: RecordedSegment): StageResult {
    const open = this.state.openSegment(segment.renditionId);
    if (open?.mediaSequenceNumber !== segment.mediaSequenceNumber) return 'known';
    this.#closeSegment(open, segment.isDiscontinuity, open.partCount !== segment.partCount);
    return 'kept';
  }

  /** Closes what is open as it is: its missing parts will not come any more. */
  tearOpenSegment(renditionId: string): void {
    const open = this.state.openSegment(renditionId);
    if (open !== undefined) this.#closeSegment(open, false, true);
  }

  tearOpenSegments(): void {
    for (const renditionId of this.state.renditions.keys()) this.tearOpenSegment(renditionId);
  }

  /** @throws REC_DISK_FULL, REC_WRITE_FAILED: the spool must be closed and opened again before it is used further. */
  async commit(): Promise<void> {
    if (this.#stagedRecords.length === 0) return;
    const records = this.#stagedRecords;
    const uploads = this.#stagedUploads;
    this.#stagedRecords = [];
    this.#stagedUploads = [];
    try {
      await Promise.all([...this.#retired, ...this.#writers.values()].map((writer) => writer.commit()));
      const lines = records.map((record, index) => encodeJournalLine(this.#lineCount + index, record)).join('');
      const bytes = Buffer.from(lines);
      await writeFully(this.#journal, bytes, this.#journalBytes);
      await this.#journal.datasync();
      this.#journalBytes += bytes.length;
      this.#lineCount += records.length;
      await Promise.all(this.#retired.splice(0).map((writer) => writer.close()));
    } catch (error) {
      throw toSpoolError(error, this.folder);
    }
    for (const upload of uploads) this.#addUpload(upload);
  }

  /** The oldest durable object that the store does not have yet. */
  nextUpload(): PendingUpload | undefined {
    return this.#uploads.values().next().value;
  }

  /** Staged only: losing this line costs one more upload, nothing else. */
  stageUploaded(upload: PendingUpload): void {
    this.#uploads.delete(upload.name);
    this.stage({ type: 'uploaded', name: upload.name, sizeBytes: upload.sizeBytes, sha256: upload.sha256 });
  }

  /** Others go first: a range that cannot be read now holds nothing up. */
  postponeUpload(upload: PendingUpload): void {
    if (this.#uploads.delete(upload.name)) this.#uploads.set(upload.name, upload);
  }

  /** The object is given up and its loss named. Staged only: without the line the damage is found once more. */
  stageDamaged(upload: PendingUpload, atMs: number): void {
    if (!this.#uploads.delete(upload.name)) return;
    const { name } = upload;
    const segment = [...this.state.renditions.values()]
      .flatMap(({ runs }) => runs.flatMap((run) => run.segments))
      .find((one) => segmentName(one.renditionId, one.mediaSequenceNumber) === name);
    this.stage(segment ? damageOf(segment) : { type: 'loss', atMs, cause: 'spoolDamaged', partCount: 0, name });
  }

  async close(): Promise<void> {
    const writers = [...this.#retired.splice(0), ...this.#writers.values()];
    this.#writers.clear();
    await Promise.all([...writers.map((writer) => writer.close()), this.#journal.close()]);
  }

  #closeSegment(open: SpooledSegment, isDiscontinuity: boolean, isTorn: boolean): void {
    const { renditionId, mediaSequenceNumber } = open;
    const sha256 = this.#writers.get(renditionId)!.closeSegment();
    this.stage({ type: 'segment', renditionId, mediaSequenceNumber, sha256, isDiscontinuity, isTorn });
    this.#stagedUploads.push(this.#segmentUpload(open));
  }

  #initUpload(renditionId: string, run: SpooledRun): PendingUpload {
    return {
      name: initName(renditionId, run.runIndex),
      path: join(this.folder, runFileName(renditionId, run.runIndex)),
      offsetBytes: 0,
      sizeBytes: run.initSizeBytes,
      sha256: run.initSha256,
    };
  }

  #segmentUpload(segment: SpooledSegment): PendingUpload {
    return {
      name: segmentName(segment.renditionId, segment.mediaSequenceNumber),
      path: join(this.folder, runFileName(segment.renditionId, segment.runIndex)),
      offsetBytes: segment.offsetBytes,
      sizeBytes: segment.sizeBytes,
      sha256: segment.sha256!,
    };
  }

  #addUpload(upload: PendingUpload): void {
    if (this.state.uploaded.get(upload.name)?.sha256 !== upload.sha256) this.#uploads.set(upload.name, upload);
  }
}

interface OpenedSpool {
  readonly state: SpoolState;
  readonly writers: Map<string, RunWriter>;
  readonly journalBytes: number;
  readonly lineCount: number;
  readonly damages: readonly Damage[];
}
