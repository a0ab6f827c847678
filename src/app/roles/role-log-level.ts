/** Child roles log as the server does; it has checked the value already. */
import { logLevels, type LogLevel } from '../../core/logger.ts';

export function roleLogLevel(): LogLevel {
  return logLevels.find((level) => level === process.env.ROSTRUM_LOG_LEVEL) ?? 'info';
}
