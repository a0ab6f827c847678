/** The recorder process: spool, uploads, finishing; told what to record by the server through its message channel. */
import { systemClock } from '../../core/clock.ts';
import { createLogger } from '../../core/logger.ts';
import { LocalObjectStore, runRecorderProcess } from '../../recording/index.ts';
import { readConfig } from '../config.ts';
import { connectParent } from '../processes/index.ts';
import { objectStoreDir } from '../object-store-dir.ts';
import { version } from '../version.ts';

export async function run(): Promise<number> {
  // The parent decides when the process ends, by disconnecting: a signal to the whole group must not cut a flush short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const channel = connectParent();
  const config = readConfig(process.env);
  const logger = createLogger({ level: config.app.logLevel, role: 'recorder' });
  await runRecorderProcess({
    channel,
    dataDir: config.app.dataDir,
    store: await LocalObjectStore.open(objectStoreDir(config, config.app.dataDir)),
    clock: systemClock,
    logger,
    softwareVersion: version,
    ffmpegPath: config.mixer.ffmpegPath,
    uploadConcurrency: config.recording.uploadConcurrency,
    remuxDeadlineMs: config.recording.remuxDeadlineMinutes * 60_000,
    keepSpool: config.recording.keepSpool,
  });
  return 0;
}
