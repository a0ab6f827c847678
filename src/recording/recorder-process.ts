/** Entry of the recorder process: lock the spool, recover, serve the channel until it disconnects. */
import { type Clock } from '../core/clock.ts';
import { toRostrumError } from '../core/errors.ts';
import { type Logger } from '../core/logger.ts';
import { SerialQueue } from '../core/serial-queue.ts';
import { type RecorderSideChannel } from './channel.ts';
import { recorderMessageSchema } from './command-schema.ts';
import { diskFiles, type FileOpener } from './durable-files.ts';
import { recordingError } from './errors.ts';
import { type ObjectStore } from './ports.ts';
import { Recorder } from './recorder.ts';
import { lockSpoolFolder, prepareSpoolFolder } from './spool/spool-folder.ts';
import { UploadSlots } from './uploads/upload-slots.ts';

/** A predecessor that was told to go needs at most this long to flush. */
const lockWaitMs = 15_000;

export interface RecorderProcessOptions {
  readonly channel: RecorderSideChannel;
  /** The spool is `<dataDir>/spool`. */
  readonly dataDir: string;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly softwareVersion: string;
  readonly ffmpegPath?: string;
  readonly ffprobePath?: string;
  readonly uploadConcurrency?: number;
  readonly remuxDeadlineMs?: number;
  readonly keepSpool?: boolean;
  /** Where tests put disk faults. */
  readonly files?: FileOpener;
}

/**
 * Resolves when the channel disconnected and everything received was flushed. The process needs its own SIGINT/SIGTERM
 * handlers that do nothing: its parent decides when it ends, by disconnecting.
 * @throws REC_DATA_DIR_UNWRITABLE, REC_SPOOL_LOCKED, REC_COMMAND_INVALID
 */
export async function runRecorderProcess(options: RecorderProcessOptions): Promise<void> {
  const { channel, clock, logger } = options;
  const disconnected = new AbortController();
  channel.onDisconnect(() => disconnected.abort());
  // Listen from the first moment: messages that arrive during the preparations wait here.
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const { promise: prepared, resolve: setRecorder } = Promise.withResolvers<Recorder>();
  const inOrder = new SerialQueue();
  channel.onMessage((raw) => {
    const parsed = recorderMessageSchema.safeParse(raw);
    if (!parsed.success) {
      const details = {
        problems: parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
      };
      return fail(recordingError('REC_COMMAND_INVALID', { details }));
    }
    const message = parsed.data;
    inOrder
      .run(async () => {
        const recorder = await prepared;
        if (message.type === 'hello') await recorder.recover(message);
        else if (message.type === 'fragment') recorder.keepFragment(message);
        else recorder.handle(message);
      })
      .catch(fail);
  });

  const spoolPath = await prepareSpoolFolder(options.dataDir);
  const lock = await lockSpoolFolder(spoolPath, { clock, waitMs: lockWaitMs, signal: disconnected.signal });
  const recorder = new Recorder({
    spoolPath,
    store: options.store,
    files: options.files ?? diskFiles,
    clock,
    logger,
    slots: new UploadSlots(options.uploadConcurrency ?? 4),
    remuxQueue: new SerialQueue(),
    ffmpegPath: options.ffmpegPath ?? 'ffmpeg',
    ffprobePath: options.ffprobePath ?? 'ffprobe',
    remuxDeadlineMs: options.remuxDeadlineMs ?? 3_600_000,
    softwareVersion: options.softwareVersion,
    keepSpool: options.keepSpool ?? false,
    emit: (event) => {
      if (!disconnected.signal.aborted) channel.send(event);
    },
  });
  setRecorder(recorder);
  try {
    await Promise.race([aborted(disconnected.signal), failed]);
    await inOrder.idle();
  } catch (error) {
    logger.error({ error, code: toRostrumError(error).code }, 'recorder process cannot go on');
    throw error;
  } finally {
    await recorder.close('disconnected');
    await lock.release();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
