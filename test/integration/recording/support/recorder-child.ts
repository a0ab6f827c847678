/** Entry of a real recorder process for tests: `node recorder-child.ts <dataDir>`, commands over Node's IPC. */
import { join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { createLogger } from '../../../../src/core/logger.ts';
import { LocalObjectStore, runRecorderProcess } from '../../../../src/recording/index.ts';

const dataDir = process.argv[2]!;
process.on('SIGINT', () => undefined);
await runRecorderProcess({
  channel: {
    send: (event) => process.send?.(event),
    onMessage: (listener) => process.on('message', listener),
    onDisconnect: (listener) => process.once('disconnect', listener),
  },
  dataDir,
  store: await LocalObjectStore.open(join(dataDir, 'objects')),
  clock: systemClock,
  logger: createLogger({
    level: (process.env.TEST_LOG_LEVEL ?? 'silent') as 'silent',
    role: 'recorder',
  }),
  softwareVersion: 'test',
});
process.exit(0);
