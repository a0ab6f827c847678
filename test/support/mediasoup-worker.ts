/** Where tests find the media worker binary, and an SFU on ports nobody else uses. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Metrics } from '../../src/core/metrics.ts';
import { SfuCascade, sfuConfigSchema, type SfuConfig } from '../../src/sfu-cascade/index.ts';
import { freePortRange } from './free-port.ts';

export function mediasoupWorkerBin(): string {
  return process.env['MEDIASOUP_WORKER_BIN'] ?? join(homedir(), '.cache/rostrum/mediasoup-worker-3.27.1');
}

/** Two workers on loopback, or as many as `overrides` says, on ports that are free. */
export async function testSfuConfig(overrides: Partial<SfuConfig> = {}): Promise<SfuConfig> {
  const workerCount = overrides.workerCount ?? 2;
  return {
    ...sfuConfigSchema.parse({
      workerCount,
      basePort: await freePortRange(workerCount),
      listenIps: ['127.0.0.1'],
      workerBin: mediasoupWorkerBin(),
      logLevel: 'none',
    }),
    ...overrides,
  };
}

export async function startTestSfu(
  options: { config?: Partial<SfuConfig>; clock?: Clock; metrics?: Metrics } = {},
): Promise<SfuCascade> {
  const sfu = new SfuCascade({
    config: await testSfuConfig(options.config),
    clock: options.clock ?? systemClock,
    logger: silentLogger,
    metrics: options.metrics ?? new Metrics(),
  });
  await sfu.start();
  return sfu;
}
