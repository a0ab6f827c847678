import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { launchMixer, launchRecorder } from '../../../src/app/roles/launch.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { assertNoneLeft, hasRole, killAll, processTree } from '../../support/processes.ts';

const pidsOf = (role: string) =>
  processTree(process.pid)
    .filter((info) => hasRole(info, role))
    .map((info) => info.pid);

afterEach(async () => {
  const pids = [...pidsOf('mixer'), ...pidsOf('recorder')];
  killAll(pids);
  await assertNoneLeft(pids);
});

describe('launch', () => {
  it('of a mixer and a recorder hands them the log level of the configuration, wherever it was set', () => {
    const options = { clock: systemClock, logger: silentLogger, logLevel: 'error' as const };
    launchMixer(options);
    launchRecorder({ ...options, dataDir: tmpdir() });
    for (const role of ['mixer', 'recorder']) {
      const [pid] = pidsOf(role);
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0'), role).toContain('ROSTRUM_LOG_LEVEL=error');
    }
  });
});
