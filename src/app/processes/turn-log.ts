/** Passes on what turnserver prints: without credentials, and without letting an attacker fill the log. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';

const windowMs = 10_000;
const linesPerWindowCount = 20;
const maxLineLength = 400;

/** Takes user names (they are half of the credentials) and the secret out of a line, and shortens it. Pure. */
export function redactTurnLine(line: string, secret: string): string {
  return line
    .replaceAll(secret, '[redacted]')
    .replace(/<\d+:[^>]*>/g, '<redacted>')
    .replace(/\b\d{9,}:[\w-]+/g, '[redacted]')
    .slice(0, maxLineLength);
}

/** Errors become warnings of ours, the rest is debug; beyond 20 errors in 10 s only their count is told. */
export function createTurnLog(options: { logger: Logger; clock: Clock; secret: string }): (line: string) => void {
  const { logger, clock, secret } = options;
  let windowStartMs = clock.nowMs();
  let lineCount = 0;
  return (line) => {
    const text = redactTurnLine(line, secret);
    if (!/ERROR|FATAL/.test(text)) {
      logger.debug({ text }, 'turnserver');
      return;
    }
    if (clock.nowMs() - windowStartMs >= windowMs) {
      const foldedCount = lineCount - linesPerWindowCount;
      if (foldedCount > 0) logger.warn({ foldedCount }, 'turnserver errors folded');
      windowStartMs = clock.nowMs();
      lineCount = 0;
    }
    lineCount++;
    if (lineCount <= linesPerWindowCount) logger.warn({ text }, 'turnserver');
  };
}
