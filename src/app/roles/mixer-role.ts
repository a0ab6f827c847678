/** A mixer process: one program, fed and watched by the server through its message channel; a spare until it has one. */
import { constants, setPriority } from 'node:os';
import { systemClock } from '../../core/clock.ts';
import { createLogger, type Logger } from '../../core/logger.ts';
import { runMixerProcess } from '../../mixer/index.ts';
import { connectParent } from '../processes/index.ts';
import { roleLogLevel } from './role-log-level.ts';

export async function run(): Promise<number> {
  const logger = createLogger({ level: roleLogLevel(), role: 'mixer' });
  const channel = connectParent();
  const mixer = runMixerProcess({ clock: systemClock, logger, channel, onStart: () => takePriority(logger) });
  // The terminal's interrupt and its end reach the whole process group; the server ends its mixers in order by itself.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('SIGTERM', () => mixer.stop('SIGTERM'));
  return mixer.finished;
}

/** The program comes first: decoders and the encoder inherit it; a spare must not hold up one that is live. Not every user may; then the program is one among equals. */
function takePriority(logger: Logger): void {
  try {
    setPriority(constants.priority.PRIORITY_ABOVE_NORMAL);
  } catch (error) {
    logger.debug({ error }, 'mixer runs at normal priority');
  }
}
