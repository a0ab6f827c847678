/** Waits for something that has no event: asks again and again, with a deadline, and says what it saw last. */
import { setTimeout as delay } from 'node:timers/promises';

/** For everything between a camera and a viewer's screen, or a go-live and a playlist, on a machine that does four browsers' work. */
export const wholePathDeadlineMs = 60_000;

export interface WaitOptions {
  /** 10 000 by default. */
  readonly deadlineMs?: number;
  /** Pause between two probes; 50 by default. */
  readonly intervalMs?: number;
}

/**
 * Resolves with the first probe result that is neither undefined, null nor false. A probe that throws counts as "not yet".
 * @throws Error naming `label` and the last value or error when the deadline passes
 */
export async function waitFor<Value>(
  label: string,
  probe: () => Value | Promise<Value>,
  options: WaitOptions = {},
): Promise<Exclude<Value, undefined | null | false>> {
  const { deadlineMs = 10_000, intervalMs = 50 } = options;
  const endMs = performance.now() + deadlineMs;
  let last = 'the probe itself did not answer';
  while (performance.now() < endMs) {
    try {
      const value = await withinMs(probe(), endMs - performance.now());
      if (value === cutOff) break;
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<Value, undefined | null | false>;
      }
      last = `last value: ${describe(value)}`;
    } catch (error) {
      last = `last error: ${error instanceof Error ? error.message : String(error)}`;
    }
    await delay(Math.max(0, Math.min(intervalMs, endMs - performance.now())));
  }
  throw new Error(`Waited ${deadlineMs} ms for ${label}; ${last}`);
}

/** A probe that the deadline interrupted: what was seen before it says more. */
const cutOff = Symbol('cut off');

async function withinMs<Value>(work: Value | Promise<Value>, leftMs: number): Promise<Value | typeof cutOff> {
  const { promise, resolve } = Promise.withResolvers<typeof cutOff>();
  const timer = setTimeout(() => resolve(cutOff), Math.max(0, leftMs));
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}
