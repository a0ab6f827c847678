/** Starts role processes and shows them to the supervisors as they want to see them. */
import { type Clock } from '../../core/clock.ts';
import { type LogLevel, type Logger } from '../../core/logger.ts';
import { type MixerEvent, type MixerProcess } from '../../mixer/index.ts';
import { type RecorderHandle } from '../../recording/index.ts';
import { createRoleProcess } from '../processes/index.ts';

interface LaunchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Lowest level the child logs; what ROSTRUM_LOG_LEVEL says by default. */
  readonly logLevel?: LogLevel;
}

/**
 * Raw pictures pass through Node as 64 KB buffers, about 80 MB/s for three cameras. V8 counts them as external memory
 * and by default runs a full collection of 15 ms five times a second (seen with --trace-gc); counted into the whole
 * heap's limit they are left to the quick collections of the young generation. That is small, so that they come often:
 * with the 16 MB that it would grow to, dead buffers pile up between them, and the allocator keeps its highest mark
 * (three minutes of churn: 225 MiB then, 173 so, at no more CPU; an hour so: 179 at its beginning, 191 at its end).
 */
export const mixerNodeFlags = ['--external-memory-accounted-in-global-limit', '--max-semi-space-size=2'];

export function launchMixer(options: LaunchOptions): MixerProcess {
  const child = createRoleProcess({
    ...options,
    role: 'mixer',
    nodeFlags: mixerNodeFlags,
    env: childEnvironment(options),
  });
  return {
    send: (command) => {
      if (!child.send(command)) options.logger.warn({ command: command.type }, 'mixer command not taken');
    },
    // Both ends are this program, in this version: the shape is what the type says.
    onEvent: (listener) => child.onMessage((message) => listener(message as MixerEvent)),
    onExit: (listener) => child.onExit(({ code, signal }) => listener(signal ?? `exit code ${code ?? 'unknown'}`)),
    kill: () => child.kill('SIGKILL'),
  };
}

/** The recorder reads its configuration as the server does; `dataDir` is where the server found its own. */
export function launchRecorder(options: LaunchOptions & { dataDir: string }): RecorderHandle {
  return createRoleProcess({
    ...options,
    role: 'recorder',
    env: { ...childEnvironment(options), ROSTRUM_DATA_DIR: options.dataDir },
  });
}

/** The level may come from the YAML file, which a mixer does not read. */
function childEnvironment({ logLevel }: LaunchOptions): NodeJS.ProcessEnv {
  return logLevel === undefined ? process.env : { ...process.env, ROSTRUM_LOG_LEVEL: logLevel };
}
