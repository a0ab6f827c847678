/**
 * `npm run bench -- NAME [--json]`: checks the command and has it measured by a process of its own, out of reach of the
 * terminal's interrupt: that would end browsers and servers in any order, and leave some of them behind.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { benches } from './lib/benches.ts';
import { parseCommand, UsageError } from './lib/command-line.ts';
import { exitCodes } from './lib/exit-codes.ts';

const args = process.argv.slice(2);
try {
  parseCommand(args, benches);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exit(exitCodes.usage);
}

const child = fork(fileURLToPath(new URL('./lib/measure.ts', import.meta.url)), args, {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
// Letting go is the request to end; it also comes by itself when this process is killed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (child.connected) child.disconnect();
  });
}
child.once('exit', (code) => process.exit(code ?? exitCodes.failed));
