/** A child process of the bench that answers messages one at a time, and is gone for sure at the end. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { assertNoneLeft, killAll, processTree } from '../../../test/support/processes.ts';

const replyDeadlineMs = 30_000;
const endDeadlineMs = 5000;

export class BenchChild {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  #closing: Promise<void> | undefined;

  /** @param module file beside this one */
  constructor(module: string, execArgv: readonly string[] = []) {
    this.#child = fork(fileURLToPath(new URL(module, import.meta.url)), [], {
      execArgv: [...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#closed = once(this.#child, 'exit');
    this.#closed.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  send(message: object | string): void {
    this.#child.send(message);
  }

  /** The next message of the process. @throws Error when none comes in time or the process ends */
  async next<Message>(deadlineMs = replyDeadlineMs): Promise<Message> {
    const signal = AbortSignal.timeout(deadlineMs);
    const ended = this.#closed.then(([code]) => {
      throw new Error(`A process of the bench ended with ${String(code)}.`);
    });
    ended.catch(() => undefined);
    const message = once(this.#child, 'message', { signal }) as Promise<[Message]>;
    message.catch(() => undefined);
    const [value] = await Promise.race([message, ended]);
    return value;
  }

  async ask<Message>(question: object | string): Promise<Message> {
    const answer = this.next<Message>();
    this.send(question);
    return answer;
  }

  /** Lets it end by itself, then kills it and everything below it. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const pids = processTree(this.pid).map(({ pid }) => pid);
    if (this.#child.connected) this.#child.disconnect();
    await assertNoneLeft(pids, endDeadlineMs).catch(async () => {
      killAll(pids);
      await assertNoneLeft(pids);
    });
  }
}
