/** Forks real mixer processes for a supervisor under test. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mixerNodeFlags } from '../../../src/app/roles/launch.ts';
import { type MixerEvent, type MixerProcess } from '../../../src/mixer/index.ts';

export interface ForkedMixer extends MixerProcess {
  readonly child: ChildProcess;
}

export function forkMixer(): ForkedMixer {
  const entryPath = fileURLToPath(new URL('./mixer-child.ts', import.meta.url));
  const child = fork(entryPath, [], { serialization: 'advanced', execArgv: mixerNodeFlags });
  return {
    child,
    send: (command) => {
      if (child.connected) child.send(command, () => undefined);
    },
    onEvent: (listener) => void child.on('message', (message) => listener(message as MixerEvent)),
    onExit: (listener) => {
      // 'close' may come before the last messages were read; both ends must be over.
      let openEnds = 2;
      const over = (): void => {
        if (--openEnds === 0) listener(child.signalCode ?? `exit ${child.exitCode}`);
      };
      child.once('close', over);
      child.once('disconnect', over);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
