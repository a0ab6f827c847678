/** Starts one mediasoup worker with its WebRtcServer, and ends it for certain. */
import { createWorker, type types } from 'mediasoup';
import { type Clock } from '../core/clock.ts';
import { type RostrumError } from '../core/errors.ts';
import { withDeadline } from '../core/lifecycle.ts';
import { type PortProblem, probePort } from '../core/port-probe.ts';
import { type ListenAddress, type SfuConfig } from './config.ts';
import { sfuError } from './errors.ts';
import { sfuLimits } from './limits.ts';

export interface RunningWorker {
  readonly worker: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
}

/**
 * @throws SFU_PORT_TAKEN, SFU_LISTEN_IP_UNUSABLE (fault: caller, names address, port and key), SFU_WORKER_START_FAILED
 */
export async function startWorker(options: {
  config: Pick<SfuConfig, 'workerBin' | 'logLevel'>;
  port: number;
  addresses: readonly ListenAddress[];
  clock: Clock;
}): Promise<RunningWorker> {
  const { config, port, addresses, clock } = options;
  const starting = withoutSignalHandlers(() =>
    createWorker({
      logLevel: config.logLevel,
      ...(config.workerBin === undefined ? {} : { workerBin: config.workerBin }),
    }),
  );
  const worker = await withDeadline(starting, sfuLimits.workerStartDeadlineMs, clock, 'starting a media worker').catch(
    (cause: unknown) => {
      void starting.then((late) => late.close()).catch(() => undefined);
      throw sfuError('SFU_WORKER_START_FAILED', { cause, details: { workerBin: config.workerBin } });
    },
  );
  try {
    const webRtcServer = await worker.createWebRtcServer({ listenInfos: listenInfos(addresses, port) });
    return { worker, webRtcServer };
  } catch (cause) {
    await endWorker(worker, clock);
    for (const { ip } of addresses) {
      const problem = await probePort(ip, port);
      if (problem !== undefined) throw portError(ip, port, problem);
    }
    throw sfuError('SFU_WORKER_START_FAILED', { cause, details: { port } });
  }
}

/** Closes the worker and waits for its process; one that does not leave is killed. */
export async function endWorker(worker: types.Worker, clock: Clock): Promise<void> {
  if (worker.subprocessClosed) return;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  worker.once('subprocessclose', resolve);
  worker.close();
  const kill = clock.schedule(sfuLimits.workerCloseDeadlineMs, () => killWorker(worker));
  await ended;
  kill.cancel();
}

/** Ends the process for certain; its `died` event follows unless it was closed before. */
export function killWorker({ pid }: types.Worker): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It left just before the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** mediasoup says it only in text; the port was probed for its errno. */
function portError(ip: string, port: number, { protocol, cause }: PortProblem): RostrumError {
  const details = { key: 'sfu.basePort', ip, port, protocol };
  if (cause.code === 'EADDRINUSE')
    return sfuError('SFU_PORT_TAKEN', { message: `${protocol} port ${port} on ${ip} is in use.`, details, cause });
  return sfuError('SFU_LISTEN_IP_UNUSABLE', {
    message: `Cannot listen on ${ip} port ${port} (${cause.code ?? 'unknown'}).`,
    details: { ...details, key: 'sfu.listenIps' },
    cause,
  });
}

function listenInfos(addresses: readonly ListenAddress[], port: number): types.TransportListenInfo[] {
  return addresses.flatMap((address) => (['udp', 'tcp'] as const).map((protocol) => ({ protocol, port, ...address })));
}

/**
 * mediasoup closes its workers on SIGINT and SIGTERM by itself, before the application could end the event and its
 * recording in order. It adds those handlers while it makes the worker; they are taken off again.
 */
function withoutSignalHandlers<T>(create: () => T): T {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => new Set(process.rawListeners(signal)));
  const created = create();
  signals.forEach((signal, index) => {
    for (const listener of process.rawListeners(signal)) {
      if (!before[index]?.has(listener)) process.removeListener(signal, listener as NodeJS.SignalsListener);
    }
  });
  return created;
}
