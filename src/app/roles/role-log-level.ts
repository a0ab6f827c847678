/** Child roles log as the server does: it checked the value, wherever it came from, and hands it on in the environment. */
import { logLevels, type LogLevel } from '../../core/logger.ts';

export function roleLogLevel(): LogLevel {
  return logLevels.find((level) => level === process.env.ROSTRUM_LOG_LEVEL) ?? 'info';
}
