/** Entry of a real mixer process for tests: the program over its real input, on this process's message channel. */
import { systemClock } from '../../../src/core/clock.ts';
import { createLogger } from '../../../src/core/logger.ts';
import { runMixerProcess } from '../../../src/mixer/index.ts';

const { finished } = runMixerProcess({
  clock: systemClock,
  logger: createLogger({ level: 'silent', role: 'mixer' }),
  channel: {
    send: (event, onSent) => {
      if (process.connected) return process.send!(event, undefined, undefined, () => onSent());
      onSent();
      return false;
    },
    onMessage: (listener) => void process.on('message', listener),
    onDisconnect: (listener) => void process.on('disconnect', listener),
  },
});
process.exit(await finished);
