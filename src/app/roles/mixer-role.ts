/** A mixer process: one run of one program, fed and watched by the server through its message channel. */
import { systemClock } from '../../core/clock.ts';
import { createLogger } from '../../core/logger.ts';
import { runMixerProcess } from '../../mixer/index.ts';
import { connectParent } from '../processes/index.ts';
import { roleLogLevel } from './role-log-level.ts';

export async function run(): Promise<number> {
  const logger = createLogger({ level: roleLogLevel(), role: 'mixer' });
  const channel = connectParent();
  const mixer = runMixerProcess({ clock: systemClock, logger, channel });
  // The terminal's interrupt and its end reach the whole process group; the server ends its mixers in order by itself.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('SIGTERM', () => mixer.stop('SIGTERM'));
  return mixer.finished;
}
