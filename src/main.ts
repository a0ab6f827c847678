/** Entry point of every role: the server by default, `--role mixer` and `--role recorder` for its child processes. */
import { parseArgs } from 'node:util';
import { runMixerRole } from './app/roles/mixer-role.ts';
import { runRecorderRole } from './app/roles/recorder-role.ts';
import { runServerRole } from './app/roles/server-role.ts';

const { values } = parseArgs({ options: { role: { type: 'string', default: 'server' } } });
const roles: Readonly<Record<string, () => Promise<number>>> = {
  server: runServerRole,
  mixer: runMixerRole,
  recorder: runRecorderRole,
};
const run = roles[values.role];
if (run === undefined) {
  process.stderr.write(`Unknown role "${values.role}"; roles are ${Object.keys(roles).join(', ')}.\n`);
  process.exit(2);
}
process.exit(await run());
