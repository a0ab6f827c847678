/** All recordings of one recorder process: takes numbered commands in order, acknowledges what is durable. */
import { join } from 'node:path';
import { BoundedQueue } from '../core/bounded-queue.ts';
import { type Timer } from '../core/clock.ts';
import { coreError, type RostrumError, toRostrumError } from '../core/errors.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import {
  type FragmentMessage,
  type NumberedMessage,
  type RecorderMessage,
  type SessionCommand,
} from './command-schema.ts';
import { maxInFlightCount } from './command-window.ts';
import { recordingError } from './errors.ts';
import { indexEntryOf, isFinished } from './finishing/finish-recording.ts';
import { type RecordingManifest } from './finishing/manifest.ts';
import { readManifest } from './library/read-manifest.ts';
import { type RecordingStart } from './ports.ts';
import { RecordingSession, type SessionServices } from './recording-session.ts';
import { SessionSpool } from './spool/session-spool.ts';
import { listSpools, removeSpoolFolder } from './spool/spool-folder.ts';

/** Commands handled between two fsyncs; those that arrive during one are handled together in the next. */
const maxBatchCount = 512;
/** Between two tries to open a spool that an earlier life left. */
const recoverAgainMs = 30_000;

type Hello = Extract<RecorderMessage, { type: 'hello' }>;

export class Recorder extends Lifecycle {
  readonly #services: SessionServices;
  readonly #sessions = new Map<string, RecordingSession>();
  readonly #inbox = new BoundedQueue<NumberedMessage>({ maxItems: maxInFlightCount, overflow: 'refuse' });
  #pumping: Promise<void> | undefined;
  /** One per spool of an earlier life that could not be opened yet. */
  readonly #recoverTimers = new Set<Timer>();
  #recovering = Promise.resolve();

  constructor(services: SessionServices) {
    super({ clock: services.clock, closeDeadlineMs: 20_000 });
    this.#services = services;
    this.own('sessions', async (reason) => {
      await Promise.all([...this.#sessions.values()].map((session) => session.close(reason)));
    });
    this.own('inbox', async () => this.#pumping);
    this.own('recovery', () => {
      for (const timer of this.#recoverTimers) timer.cancel();
      return this.#recovering;
    });
  }

  /** Opens what an earlier life left: sessions the sender still records go on, all others are finished. Then `ready`. */
  async recover(hello: Hello): Promise<void> {
    const wanted = new Map(hello.sessions.map((session) => [session.start.sessionId, session]));
    const found = await listSpools(this.#services.spoolPath, (name) =>
      this.#services.logger.warn({ name }, 'foreign entry in the spool folder is left alone'),
    );
    for (const sessionId of found) {
      const session = wanted.get(sessionId);
      const live = session !== undefined && !session.isEnded ? session.start : undefined;
      await this.#recoverSpool(sessionId, live);
    }
    for (const { start, isEnded } of hello.sessions) {
      if (found.includes(start.sessionId)) continue;
      if (isEnded) await this.#reportEarlierFinish(start);
      else await this.#begin(start);
    }
    this.#services.emit({ type: 'ready' });
  }

  /** @throws CORE_QUEUE_FULL when the sender leaves more unacknowledged than was agreed */
  handle(message: NumberedMessage): void {
    if (this.isClosed) return;
    if (!this.#inbox.push(message)) throw coreError('CORE_QUEUE_FULL', { details: { queue: 'recorder inbox' } });
    this.#pumping ??= this.#pump();
  }

  /** For a session that is not open: dropped, as everything about open parts may be. */
  keepFragment({ sessionId, fragment }: FragmentMessage): void {
    this.#sessions.get(sessionId)?.keepFragment(fragment);
  }

  async #pump(): Promise<void> {
    // One turn of the event loop first, so that parts that arrive together share their fsyncs.
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      while (this.#inbox.length > 0) await this.#handleBatch(this.#inbox.take(maxBatchCount));
    } finally {
      this.#pumping = undefined;
    }
  }

  async #handleBatch(batch: readonly NumberedMessage[]): Promise<void> {
    const bySession = new Map<string, SessionCommand[]>();
    for (const message of batch) {
      if (message.type === 'begin') await this.#beginCommanded(message.start);
      else {
        const commands = bySession.get(message.sessionId);
        if (commands === undefined) bySession.set(message.sessionId, [message]);
        else commands.push(message);
      }
    }
    await Promise.all([...bySession].map(([sessionId, commands]) => this.#apply(sessionId, commands)));
    this.#services.emit({ type: 'acknowledged', sequence: batch.at(-1)!.sequence });
  }

  async #apply(sessionId: string, commands: readonly SessionCommand[]): Promise<void> {
    const session = this.#sessions.get(sessionId);
    // Finished or failed already: the sender has been told.
    if (session === undefined || session.isClosed) {
      this.#services.logger.debug({ sessionId, commandCount: commands.length }, 'commands for a closed recording');
    } else await session.apply(commands);
  }

  async #beginCommanded(start: RecordingStart): Promise<void> {
    if (!this.#sessions.has(start.sessionId)) await this.#begin(start);
  }

  async #begin(start: RecordingStart): Promise<void> {
    let spool: SessionSpool | undefined;
    try {
      spool = await SessionSpool.open(join(this.#services.spoolPath, start.sessionId), this.#services.files);
      if (spool.state.finished !== undefined) return await this.#dropFinished(spool);
    } catch (thrown) {
      const error = toRostrumError(thrown);
      if (!error.retryable) return this.#reportBroken(start.sessionId, error);
      const { code, message } = error.toReply();
      this.#services.logger.error({ sessionId: start.sessionId, code, error }, 'recording cannot begin yet');
      this.#services.emit({ type: 'interrupted', sessionId: start.sessionId, code, message });
    }
    await this.#add(start, spool).begin();
  }

  async #recoverSpool(sessionId: string, live: RecordingStart | undefined): Promise<void> {
    if (live !== undefined) return this.#begin(live);
    const folder = join(this.#services.spoolPath, sessionId);
    try {
      const spool = await SessionSpool.open(folder, this.#services.files);
      const { start, finished } = spool.state;
      if (finished !== undefined) return await this.#dropFinished(spool);
      if (start === undefined) {
        // Without a `begin` line nothing was ever acknowledged, so nothing is lost with it.
        await spool.close();
        await removeSpoolFolder(folder);
        return;
      }
      if (start.sessionId !== sessionId) {
        await spool.close();
        throw recordingError('REC_JOURNAL_DAMAGED', { details: { path: folder, sessionId: start.sessionId } });
      }
      this.#services.logger.info({ sessionId }, 'finishing a recording of an earlier life');
      await this.#add(start, spool).endRecovered();
    } catch (thrown) {
      const error = toRostrumError(thrown);
      if (error.retryable) this.#recoverLater(sessionId, error);
      else this.#reportBroken(sessionId, error);
    }
  }

  #recoverLater(sessionId: string, error: RostrumError): void {
    if (this.isClosed) return;
    this.#services.logger.warn({ sessionId, code: error.code, error }, 'spool cannot be opened yet');
    const timer = this.#services.clock.schedule(recoverAgainMs, () => {
      this.#recoverTimers.delete(timer);
      this.#recovering = this.#recovering.then(() => this.#recoverSpool(sessionId, undefined));
    });
    this.#recoverTimers.add(timer);
  }

  /** The recording is complete in the store; only the removal of its spool was interrupted. */
  async #dropFinished(spool: SessionSpool): Promise<void> {
    const { start, finished } = spool.state;
    await spool.close();
    if (!this.#services.keepSpool) await removeSpoolFolder(spool.folder);
    const { sessionId, webinarId } = start!;
    this.#services.emit({ type: 'finished', sessionId, webinarId, ...finished! });
  }

  #add(start: RecordingStart, spool: SessionSpool | undefined): RecordingSession {
    const { sessionId } = start;
    const session = new RecordingSession(start, spool, {
      ...this.#services,
      emit: (event) => {
        this.#services.emit(event);
        if (event.type === 'finished') void session.close('finished');
      },
    });
    this.#sessions.set(sessionId, session);
    session.onClosed(() => this.#sessions.delete(sessionId));
    return session;
  }

  /** The sender asks for a recording whose spool is gone: it was finished, and only the message got lost. */
  async #reportEarlierFinish(start: RecordingStart): Promise<void> {
    const { sessionId, webinarId } = start;
    try {
      if (!(await isFinished(this.#services.store, start))) {
        throw recordingError('REC_SPOOL_DAMAGED', { details: { path: join(this.#services.spoolPath, sessionId) } });
      }
      const manifest: RecordingManifest = await readManifest(this.#services.store, start);
      const { durationSec, sizeBytes } = indexEntryOf(manifest);
      const durationMs = Math.round(durationSec * 1000);
      this.#services.emit({ type: 'finished', sessionId, webinarId, durationMs, sizeBytes });
    } catch (thrown) {
      this.#reportBroken(sessionId, toRostrumError(thrown));
    }
  }

  #reportBroken(sessionId: string, error: RostrumError): void {
    this.#services.logger.error({ sessionId, code: error.code, details: error.details, error }, 'recording is broken');
    const { code, message } = error.toReply();
    this.#services.emit({ type: 'failed', sessionId, code, message });
  }
}
