/** Waiting that can be cut short. */
import { type Clock } from './clock.ts';

/** Resolves after `delayMs`, or at once when the signal aborts. Never rejects. */
export async function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.schedule(delayMs, resolve);
  const onAbort = () => resolve();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', onAbort);
  }
}
