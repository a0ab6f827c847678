/** The message channel between server and recorder process; in production Node's IPC with advanced serialization. */
import { z } from 'zod';
import { type RecorderMessage } from './command-schema.ts';
import { type RecorderEvent } from './ports.ts';

/** The recorder process's end of a channel that keeps order. What comes in is validated before use. */
export interface RecorderSideChannel {
  send(event: RecorderEvent): unknown;
  onMessage(listener: (message: unknown) => void): unknown;
  /** Called once, when the server closed the channel or died. */
  onDisconnect(listener: () => void): unknown;
}

/** A running recorder process as the supervisor sees it. */
export interface RecorderHandle {
  /** Must not throw when the process is gone: `onExit` tells. */
  send(message: RecorderMessage): unknown;
  onMessage(listener: (message: unknown) => void): unknown;
  /** Called once, when the process is gone. */
  onExit(listener: (exit: { readonly code: number | null; readonly signal: string | null }) => void): unknown;
  kill(signal: 'SIGKILL'): unknown;
  /** Closes the channel, so that the process flushes and exits; ends it by force after `deadlineMs`. Resolves when it is gone. */
  close(deadlineMs: number): Promise<unknown>;
}

const sessionId = z.string();
const failure = { sessionId, code: z.string(), message: z.string() };

export const recorderEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('acknowledged'), sequence: z.number() }),
  z.object({
    type: z.literal('progress'),
    sessionId,
    phase: z.enum(['uploading', 'remuxing', 'hashing']),
    ratio: z.number(),
  }),
  z.object({
    type: z.literal('finished'),
    sessionId,
    webinarId: z.string(),
    durationMs: z.number(),
    sizeBytes: z.number(),
  }),
  z.object({ type: z.literal('failed'), ...failure }),
  z.object({ type: z.literal('interrupted'), ...failure }),
  z.object({ type: z.literal('resumed'), sessionId, lostPartCount: z.number() }),
]);
