/** The child's side of a role process: messages from and to the parent. */
import { processError } from './errors.ts';
import { SendBacklog } from './send-backlog.ts';

export interface ParentChannel {
  /** False when the message was refused: backlog full, or the parent is gone. `onGone` as in SendBacklog. */
  send(message: object, onGone?: () => void): boolean;
  /** Messages from the parent, in order. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Once, when the parent closed the channel or died: finish and leave. */
  onDisconnect(listener: () => void): () => void;
  /** Lets the process end: without a channel nothing keeps it alive. Messages handed over before are still written. */
  close(): void;
}

/**
 * Takes this process's channel to its parent.
 * @param maxBacklogBytes bytes handed to the channel and not yet written, beyond which `send` refuses
 * @throws PROCESS_NO_PARENT when the process was not started by a role process
 */
export function connectParent(maxBacklogBytes = 64 * 1024 * 1024): ParentChannel {
  if (process.send === undefined) throw processError('PROCESS_NO_PARENT');
  const backlog = new SendBacklog((message, written) => {
    process.send?.(message, undefined, undefined, written);
  }, maxBacklogBytes);
  process.once('disconnect', () => backlog.close());
  return {
    send: (message, onGone) => backlog.send(message, onGone),
    onMessage(listener) {
      process.on('message', listener);
      return () => process.off('message', listener);
    },
    onDisconnect(listener) {
      if (!process.connected) {
        queueMicrotask(listener);
        return () => undefined;
      }
      process.once('disconnect', listener);
      return () => process.off('disconnect', listener);
    },
    close() {
      backlog.close();
      // Disconnecting drops what still waits in the channel.
      backlog.onceDrained(() => {
        if (process.connected) process.disconnect();
      });
    },
  };
}
