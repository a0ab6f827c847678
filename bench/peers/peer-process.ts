/** The processes of a peer: started in order, ended in reverse order, none left. */
import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { assertNoneLeft, killAll, processTree } from '../../test/support/processes.ts';

const endDeadlineMs = 8000;
const keptComplaintLength = 3000;

interface Member {
  readonly program: string;
  readonly pid: number;
  readonly complaint: () => string;
  readonly hasEnded: () => boolean;
  readonly end: () => Promise<void>;
}

export interface MemberOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Asks it to end; SIGTERM by default. */
  readonly endSignal?: NodeJS.Signals;
}

export class PeerProcesses {
  readonly #members: Member[] = [];

  get pids(): number[] {
    return this.#members.map(({ pid }) => pid);
  }

  /** Resolves with what it writes to descriptor 3 first, when `readsFd3`. @throws Error when it cannot be started */
  async start(
    program: string,
    args: readonly string[],
    options: MemberOptions & { readonly readsFd3?: boolean } = {},
  ): Promise<string> {
    const { env = {}, endSignal = 'SIGTERM', readsFd3 = false } = options;
    const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', ...(readsFd3 ? (['pipe'] as const) : [])];
    const child = spawn(program, args, { stdio, env: { ...process.env, ...env } });
    let complaint = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-keptComplaintLength);
    });
    const closed = once(child, 'exit');
    closed.catch(() => undefined);
    await once(child, 'spawn');
    const pid = child.pid!;
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
    const end = async (): Promise<void> => {
      const pids = processTree(pid).map((info) => info.pid);
      const timer = setTimeout(() => killAll(pids), endDeadlineMs);
      if (!hasEnded()) child.kill(endSignal);
      if (!hasEnded()) await closed;
      clearTimeout(timer);
      killAll(pids);
      await assertNoneLeft(pids);
    };
    this.#members.push({ program, pid, complaint: () => complaint, hasEnded, end });
    if (!readsFd3) return '';
    const words = once(child.stdio[3]!, 'data', { signal: AbortSignal.timeout(endDeadlineMs) });
    const [bytes] = (await Promise.race([words, closed.then(() => this.#refuse(program, complaint))])) as [Buffer];
    return bytes.toString('utf8').trim();
  }

  /** @throws Error with the last words of the one that ended */
  assertRunning(): void {
    const ended = this.#members.find(({ hasEnded }) => hasEnded());
    if (ended !== undefined) this.#refuse(ended.program, ended.complaint());
  }

  /** The newest first. Idempotent. */
  async stop(): Promise<void> {
    for (let member = this.#members.pop(); member !== undefined; member = this.#members.pop()) await member.end();
  }

  #refuse(program: string, complaint: string): never {
    throw new Error(`${program} ended: ${complaint}`);
  }
}
