/**
 * One recording inside the recorder process: commands into its spool, uploads beside it, finishing behind its end.
 * A write error suspends it (media is lost and counted) until the spool can be written again; it never throws upward.
 */
import { join } from 'node:path';
import { BoundedQueue } from '../core/bounded-queue.ts';
import { type Clock, type Timer } from '../core/clock.ts';
import { type RostrumError, toRostrumError } from '../core/errors.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { SerialQueue } from '../core/serial-queue.ts';
import { type SessionCommand } from './command-schema.ts';
import { type FileOpener } from './durable-files.ts';
import { finishRecording } from './finishing/finish-recording.ts';
import { type RecordingManifest } from './finishing/manifest.ts';
import { recordingPrefix } from './object-key.ts';
import { type ObjectStore, type RecordedFragment, type RecorderEvent, type RecordingStart } from './ports.ts';
import { type RetryPolicy, withRetries } from './retry.ts';
import { OpenParts } from './spool/open-parts.ts';
import { salvageOpenPart } from './spool/salvage-open-part.ts';
import { type PendingUpload, SessionSpool } from './spool/session-spool.ts';
import { removeSpoolFolder } from './spool/spool-folder.ts';
import { lastMediaAtMs } from './spool/spool-state.ts';
import { SessionUploader, uploadRetryPolicy } from './uploads/session-uploader.ts';
import { type UploadSlots } from './uploads/upload-slots.ts';

const resumePeriodMs = 5000;
/** Space is freed and programs are installed by people: without a last try, but no more often than this. */
const finishRetryPolicy: RetryPolicy = { firstDelayMs: 2000, maxDelayMs: 60_000 };
/** Commands without media that are kept while the spool cannot be written; far more than an hour brings. */
const maxDeferredCount = 20_000;

export interface SessionServices {
  readonly spoolPath: string;
  readonly store: ObjectStore;
  readonly files: FileOpener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly slots: UploadSlots;
  readonly remuxQueue: SerialQueue;
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly remuxDeadlineMs: number;
  readonly softwareVersion: string;
  readonly keepSpool: boolean;
  readonly emit: (event: RecorderEvent) => void;
}

type Progress = Extract<RecorderEvent, { type: 'progress' }>;

export class RecordingSession extends Lifecycle {
  readonly start: RecordingStart;
  readonly #services: SessionServices;
  readonly #logger: Logger;
  readonly #folder: string;
  readonly #queue = new SerialQueue();
  readonly #uploader: SessionUploader;
  readonly #openParts: OpenParts;
  readonly #abort = new AbortController();
  #spool: SessionSpool | undefined;
  /** The oldest events go first: without the beginning of a run its media, without the end the recording would be lost. */
  readonly #deferred = new BoundedQueue<SessionCommand>({
    maxItems: maxDeferredCount,
    overflow: 'dropOldest',
    isExpendable: (command) => command.type === 'event',
  });
  #lost: { count: number; sinceMs: number; cause: string } | undefined;
  #resumeTimer: Timer | undefined;
  /** Nobody announces its end: it ends with its last medium as soon as that can be written. */
  #isRecovered = false;
  #finishing: Promise<void> | undefined;
  #progress: Pick<Progress, 'phase' | 'ratio'> | undefined;

  /** @param spool already opened; undefined when it could not be: the session begins suspended. */
  constructor(start: RecordingStart, spool: SessionSpool | undefined, services: SessionServices) {
    super({ clock: services.clock });
    this.start = start;
    this.#services = services;
    this.#spool = spool;
    this.#folder = join(services.spoolPath, start.sessionId);
    this.#openParts = new OpenParts(this.#folder, services.files);
    this.#logger = services.logger.child({ sessionId: start.sessionId, webinarId: start.webinarId });
    this.#uploader = new SessionUploader({
      prefix: recordingPrefix(start),
      store: services.store,
      slots: services.slots,
      clock: services.clock,
      logger: this.#logger,
      next: () => this.#spool?.nextUpload(),
      onUploaded: (upload) => this.#queue.run(async () => this.#spool?.stageUploaded(upload)),
      onDamaged: (upload, error) => this.#queue.run(async () => this.#giveUpDamaged(upload, error)),
      onPostponed: (upload) => this.#spool?.postponeUpload(upload),
    });
    this.own('spool', () => this.#queue.run(async () => this.#closeSpool()));
    this.own('open parts', () => this.#openParts.close());
    this.own('finishing', async () => {
      this.#abort.abort();
      await this.#finishing;
    });
    this.own('uploader', (reason) => this.#uploader.close(reason));
    this.own('resume timer', () => this.#resumeTimer?.cancel());
  }

  /** Everything kept is durable when it resolves. Never rejects: what the disk refused is lost and counted. */
  apply(commands: readonly SessionCommand[]): Promise<void> {
    return this.#queue.run(() => this.#apply(commands));
  }

  /** Of the part that is still open; nothing is promised. */
  keepFragment(fragment: RecordedFragment): void {
    if (this.#spool !== undefined && this.#spool.state.end === undefined && !this.isClosed) {
      this.#openParts.keep(fragment);
    }
  }

  /** Makes the session's beginning durable, or notes that the recorder was away meanwhile. */
  begin(): Promise<void> {
    return this.#queue.run(async () => {
      const spool = this.#spool;
      if (spool === undefined) return this.#startResuming();
      if (spool.state.start === undefined) spool.stage({ type: 'begin', start: this.start });
      else if (spool.state.end === undefined) {
        spool.stage({ type: 'recorderRestarted', atMs: this.#services.clock.wallMs() });
      }
      await this.#commit([]);
      this.#uploader.wake();
      this.#finishWhenEnded();
    });
  }

  /** For a recording that nobody announces the end of any more: it ends with its last medium. */
  endRecovered(): Promise<void> {
    return this.#queue.run(async () => {
      this.#isRecovered = true;
      if (this.#spool === undefined) return this.#startResuming();
      await this.#stageRecoveredEnd(this.#spool);
      await this.#commit([]);
      this.#finishWhenEnded();
    });
  }

  async #stageRecoveredEnd(spool: SessionSpool): Promise<void> {
    if (!this.#isRecovered || spool.state.end !== undefined) return;
    for (const renditionId of spool.state.renditions.keys()) await this.#salvage(spool, renditionId);
    spool.tearOpenSegments();
    spool.stage({ type: 'end', endedAtMs: lastMediaAtMs(spool.state), cause: 'recovered' });
  }

  async #salvage(spool: SessionSpool, renditionId: string): Promise<void> {
    try {
      const part = await salvageOpenPart(this.#folder, spool.state, renditionId);
      if (part === undefined) return;
      const outcome = spool.stagePart(part);
      const durationMs = Math.round((part.durationTicks * 1000) / part.timescaleHz);
      this.#logger.info({ renditionId, durationMs, outcome }, 'open part of the earlier life');
    } catch (error) {
      this.#logger.warn({ renditionId, error }, 'open part of the earlier life cannot be used');
    }
  }

  async #apply(commands: readonly SessionCommand[]): Promise<void> {
    if (this.#spool === undefined) return this.#defer(commands);
    if (this.#spool.state.end !== undefined) return;
    let lostCount = 0;
    for (const command of commands) if (this.#stage(this.#spool, command) === 'lost') lostCount++;
    if (lostCount > 0) this.#logger.warn({ lostCount }, 'media arrived out of place and was not recorded');
    await this.#commit(commands);
    if (this.#spool !== undefined) {
      for (const command of commands) if (command.type === 'part') this.#openParts.settle(command.part);
    }
    this.#uploader.wake();
    this.#finishWhenEnded();
  }

  #stage(spool: SessionSpool, command: SessionCommand) {
    switch (command.type) {
      case 'init':
        return spool.stageInit(command.init);
      case 'part':
        return spool.stagePart(command.part);
      case 'segment':
        return spool.stageSegment(command.segment);
      case 'event':
        return spool.stageEvent(command.event);
      case 'loss':
        spool.stage({ type: 'loss', atMs: command.atMs, cause: command.cause, partCount: command.partCount });
        return 'kept';
      case 'end':
        spool.tearOpenSegments();
        spool.stage({ type: 'end', endedAtMs: command.endedAtMs, cause: 'ended' });
        return 'kept';
    }
  }

  async #commit(commands: readonly SessionCommand[]): Promise<void> {
    try {
      await this.#spool?.commit();
    } catch (thrown) {
      await this.#suspend(toRostrumError(thrown), commands);
    }
  }

  async #suspend(error: RostrumError, commands: readonly SessionCommand[]): Promise<void> {
    await this.#closeSpool();
    const cause = error.code === 'REC_DISK_FULL' ? 'diskFull' : 'writeFailed';
    this.#lost = { count: 0, sinceMs: this.#services.clock.wallMs(), cause };
    this.#defer(commands);
    this.#logger.error({ code: error.code, error }, 'recording interrupted');
    const { code, message } = error.toReply();
    this.#services.emit({ type: 'interrupted', sessionId: this.start.sessionId, code, message });
    this.#startResuming();
  }

  #startResuming(): void {
    if (this.isClosed) return;
    this.#resumeTimer ??= this.#services.clock.repeat(resumePeriodMs, () => {
      void this.#queue.run(() => this.#resume());
    });
  }

  async #resume(): Promise<void> {
    if (this.#spool !== undefined || this.isClosed) return;
    let spool: SessionSpool | undefined;
    try {
      spool = await SessionSpool.open(this.#folder, this.#services.files);
      if (spool.state.start === undefined) spool.stage({ type: 'begin', start: this.start });
      const lost = this.#lost;
      if (lost !== undefined) {
        spool.stage({ type: 'loss', atMs: lost.sinceMs, cause: lost.cause, partCount: lost.count });
      }
      await this.#stageRecoveredEnd(spool);
      await spool.commit();
    } catch (thrown) {
      const error = toRostrumError(thrown);
      await spool?.close();
      if (!error.retryable) this.#fail(error);
      else this.#logger.debug({ code: error.code }, 'spool still not writable');
      return;
    }
    this.#spool = spool;
    this.#resumeTimer?.cancel();
    this.#resumeTimer = undefined;
    const lostPartCount = this.#lost?.count ?? 0;
    this.#lost = undefined;
    const lostEventCount = this.#deferred.droppedCount;
    this.#logger.info({ lostPartCount, lostEventCount }, 'recording goes on');
    this.#services.emit({ type: 'resumed', sessionId: this.start.sessionId, lostPartCount });
    await this.#apply(this.#deferred.take());
    // The end may have reached the journal before the fault, or with the lines above.
    this.#finishWhenEnded();
  }

  /** While nothing can be written: media is counted, everything else waits. */
  #defer(commands: readonly SessionCommand[]): void {
    this.#lost ??= { count: 0, sinceMs: this.#services.clock.wallMs(), cause: 'writeFailed' };
    for (const command of commands) {
      if (command.type === 'part') this.#lost.count++;
      else if (command.type !== 'segment') this.#deferred.push(command);
    }
  }

  #finishWhenEnded(): void {
    if (this.#spool?.state.end !== undefined && !this.isClosed) this.#finishing ??= this.#finish();
  }

  async #finish(): Promise<void> {
    this.#reportProgress('uploading', 0);
    try {
      await this.#uploader.drained();
      if (this.isClosed) return;
      this.#reportProgress('uploading', 1);
      const manifest = await this.#finishWithRetries();
      await this.#queue.run(() => this.#forgetSpool(manifest));
      const durationMs = Math.round(manifest.durationSec * 1000);
      const { sessionId, webinarId } = this.start;
      this.#logger.info(
        { durationMs, sizeBytes: manifest.sizeBytes, gapCount: manifest.gaps.length },
        'recording finished',
      );
      this.#services.emit({ type: 'finished', sessionId, webinarId, durationMs, sizeBytes: manifest.sizeBytes });
    } catch (thrown) {
      // Closing kills the jobs on purpose; the next start finishes.
      if (!this.isClosed) this.#fail(toRostrumError(thrown));
    }
  }

  #finishWithRetries(): Promise<RecordingManifest> {
    return withRetries(() => this.#finishOnce(), {
      policy: finishRetryPolicy,
      clock: this.#services.clock,
      signal: this.#abort.signal,
      onRetry: (error, attempt) =>
        this.#logger.warn({ code: error.code, attempt, error }, 'finishing failed, trying again'),
    });
  }

  async #finishOnce(): Promise<RecordingManifest> {
    const { store, clock, ffmpegPath, ffprobePath, remuxDeadlineMs, softwareVersion, remuxQueue } = this.#services;
    return finishRecording({
      folder: this.#folder,
      state: this.#spool!.state,
      store,
      clock,
      logger: this.#logger,
      ffmpegPath,
      ffprobePath,
      remuxDeadlineMs,
      softwareVersion,
      signal: this.#abort.signal,
      runExclusive: (work) => remuxQueue.run(work),
      retryStore: (work) => this.#retryStore(work),
      onProgress: (phase, ratio) => this.#reportProgress(phase, ratio),
    });
  }

  #retryStore<T>(work: () => Promise<T>): Promise<T> {
    return withRetries(work, {
      policy: uploadRetryPolicy,
      clock: this.#services.clock,
      signal: this.#abort.signal,
      onRetry: (error, attempt) =>
        this.#logger.warn({ code: error.code, attempt, error }, 'object store failed, trying again'),
    });
  }

  #giveUpDamaged(upload: PendingUpload, error: RostrumError): void {
    this.#logger.error(
      { name: upload.name, code: error.code, details: error.details, error },
      'recorded bytes are lost',
    );
    this.#spool?.stageDamaged(upload, this.#services.clock.wallMs());
  }

  /** Steps of a percent are enough for anyone who looks. */
  #reportProgress(phase: Progress['phase'], ratio: number): void {
    const last = this.#progress;
    if (last?.phase === phase && ratio < 1 && ratio - last.ratio < 0.01) return;
    this.#progress = { phase, ratio };
    this.#services.emit({ type: 'progress', sessionId: this.start.sessionId, phase, ratio });
  }

  /** The manifest in the store is what counts from here on; a journal that cannot be written any more changes nothing. */
  async #forgetSpool(manifest: RecordingManifest): Promise<void> {
    const durationMs = Math.round(manifest.durationSec * 1000);
    try {
      this.#spool?.stage({ type: 'finished', durationMs, sizeBytes: manifest.sizeBytes });
      await this.#spool?.commit();
    } catch (error) {
      this.#logger.warn({ error }, 'finished, but the journal could not say so');
    }
    await this.#closeSpool();
    if (!this.#services.keepSpool) await removeSpoolFolder(this.#folder);
  }

  async #closeSpool(): Promise<void> {
    const spool = this.#spool;
    this.#spool = undefined;
    await spool?.close().catch((error: unknown) => this.#logger.warn({ error }, 'spool file did not close cleanly'));
  }

  #fail(error: RostrumError): void {
    this.#resumeTimer?.cancel();
    this.#logger.error({ code: error.code, details: error.details, error }, 'recording failed, its spool is kept');
    const { code, message } = error.toReply();
    this.#services.emit({ type: 'failed', sessionId: this.start.sessionId, code, message });
    void this.close('failed');
  }
}
