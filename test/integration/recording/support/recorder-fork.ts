/** Starts recorder-child.ts as the server starts its recorder, and gives tests the pid to kill. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type RecorderHandle } from '../../../../src/recording/index.ts';

const childPath = fileURLToPath(new URL('recorder-child.ts', import.meta.url));

export interface ForkedRecorder {
  readonly child: ChildProcess;
  readonly handle: RecorderHandle;
}

export function forkRecorder(dataDir: string): ForkedRecorder {
  const child = fork(childPath, [dataDir], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // A send after the death of the child reports its error here; the exit event is what counts.
  child.on('error', () => undefined);
  const handle: RecorderHandle = {
    send: (message) => child.connected && child.send(message),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.once('exit', (code, signal) => listener({ code, signal })),
    kill: (signal) => child.kill(signal),
    close: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
  return { child, handle };
}
