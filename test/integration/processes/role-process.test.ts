/** Role processes with real children: messages, exits, and the closing sequence. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type RoleProcess, createRoleProcess } from '../../../src/app/processes/index.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { hasRole, isRunning, listProcesses } from '../../support/processes.ts';
import { waitFor } from '../../support/wait-for.ts';

const entryPath = fileURLToPath(new URL('./echo-role.ts', import.meta.url));
const started: RoleProcess[] = [];

async function startEcho(options: { args?: string[]; maxBacklogBytes?: number; termGraceMs?: number } = {}) {
  const role = createRoleProcess({ role: 'echo', entryPath, clock: systemClock, logger: silentLogger, ...options });
  started.push(role);
  const messages: unknown[] = [];
  role.onMessage((message) => messages.push(message));
  await waitFor('the child to say ready', () => messages.length > 0);
  messages.length = 0;
  return { role, messages };
}

afterEach(async () => {
  for (const role of started.splice(0)) {
    role.kill('SIGKILL');
    await role.close(0);
  }
});

describe('createRoleProcess', () => {
  it('carries messages with binary payload both ways, and shows role and arguments in the process list', async () => {
    const { role, messages } = await startEcho({ args: ['--webinar', 'w1'] });
    const bytes = Uint8Array.from([1, 2, 255]);
    expect(role.send({ type: 'hello', bytes })).toBe(true);
    await waitFor('the echo', () => messages.length === 1);
    expect(messages[0]).toEqual({
      type: 'echo',
      order: { type: 'hello', bytes },
      argv: ['--role', 'echo', '--webinar', 'w1'],
    });
    const listed = listProcesses().filter((info) => info.pid === role.pid && hasRole(info, 'echo'));
    expect(listed).toHaveLength(1);
  });

  it('onExit tells code and signal, also to those who ask afterwards; send then answers false', async () => {
    const { role } = await startEcho();
    role.send({ type: 'exit' });
    const exit = await new Promise((resolve) => role.onExit(resolve));
    expect(exit).toEqual({ code: 7, signal: null });
    expect(await new Promise((resolve) => role.onExit(resolve))).toEqual(exit);
    expect(role.send({ type: 'hello' })).toBe(false);
  });

  it('onExit tells SIGKILL when the child is killed', async () => {
    const { role } = await startEcho();
    role.kill('SIGKILL');
    expect(await new Promise((resolve) => role.onExit(resolve))).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('send refuses beyond the backlog while the child does not read, and takes messages again afterwards', async () => {
    const { role, messages } = await startEcho({ maxBacklogBytes: 4_000_000 });
    process.kill(role.pid!, 'SIGSTOP');
    const message = { type: 'bulk', bytes: new Uint8Array(1_000_000) };
    const answers = Array.from({ length: 8 }, () => role.send(message));
    expect(answers[0]).toBe(true);
    expect(answers.at(-1)).toBe(false);
    expect(answers.filter(Boolean).length).toBeLessThanOrEqual(4);
    process.kill(role.pid!, 'SIGCONT');
    await waitFor('the backlog to take another', () => role.send(message));
    const acceptedCount = answers.filter(Boolean).length + 1;
    await waitFor('every accepted message', () => messages.length === acceptedCount);
  });
});

describe('ParentChannel.close', () => {
  it('delivers everything that was sent before it, all of it before onExit', async () => {
    const { role, messages } = await startEcho();
    role.send({ type: 'burstAndLeave' });
    expect(await new Promise((resolve) => role.onExit(resolve))).toEqual({ code: 0, signal: null });
    expect(messages).toHaveLength(20);
  });
});

describe('RoleProcess.close', () => {
  it('delivers everything that was sent before it', async () => {
    const { role } = await startEcho();
    for (let index = 0; index < 5; index++) role.send({ type: 'bulk', bytes: new Uint8Array(1_000_000) });
    // The child's exit code is the number of bulk messages it got.
    expect(await role.close(5000)).toEqual({ code: 5, signal: null });
  });

  it('lets a child that leaves on disconnect end by itself, called twice with one result', async () => {
    const { role } = await startEcho();
    const [first, second] = await Promise.all([role.close(5000), role.close(0)]);
    expect(first).toEqual({ code: 0, signal: null });
    expect(second).toEqual(first);
  });

  it('sends SIGTERM after the deadline', async () => {
    const { role } = await startEcho();
    role.send({ type: 'busy' });
    expect(await role.close(200)).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('sends SIGKILL to a child that ignores SIGTERM', async () => {
    const { role, messages } = await startEcho({ termGraceMs: 200 });
    role.send({ type: 'stubborn' });
    await waitFor('the child to become stubborn', () => messages.length === 1);
    expect(await role.close(200)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(isRunning(role.pid!)).toBe(false);
  });

  it('resolves with the earlier exit when the child is gone already', async () => {
    const { role } = await startEcho();
    role.send({ type: 'exit' });
    await new Promise((resolve) => role.onExit(resolve));
    expect(await role.close(1000)).toEqual({ code: 7, signal: null });
  });
});
