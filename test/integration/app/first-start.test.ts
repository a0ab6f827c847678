/** The server as its first user meets it: a start that fails costs nothing, and a closed terminal ends it in order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePortRange } from '../../support/free-port.ts';
import { sfuPortCount } from '../../support/rostrum-server.ts';
import { assertNoneLeft, killAll, processTree } from '../../support/processes.ts';
import { waitFor } from '../../support/wait-for.ts';

const entry = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

let dataDir: string;
let started: ChildProcess[];
let seenPids: number[];
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'rostrum-first-start-'));
  started = [];
  seenPids = [];
  env = {
    PATH: process.env.PATH,
    ROSTRUM_HTTP_HOST: '127.0.0.1',
    ROSTRUM_HTTP_PORT: '0',
    ROSTRUM_SFU_BASE_PORT: String(await freePortRange(sfuPortCount)),
    ROSTRUM_TURN_ENABLED: 'false',
    ROSTRUM_DATA_DIR: dataDir,
  };
});
afterEach(async () => {
  for (const child of started) seenPids.push(...processTree(child.pid!).map((info) => info.pid));
  killAll(seenPids);
  await assertNoneLeft(seenPids);
  rmSync(dataDir, { recursive: true });
});

function run(command: string, args: readonly string[], extraEnv: NodeJS.ProcessEnv = {}) {
  const child = spawn(command, args, { env: { ...env, ...extraEnv }, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (text += String(bytes)));
  return { child, ended: once(child, 'exit'), text: () => text };
}

describe('first start', () => {
  it('that fails at the HTTP port leaves no API key behind, and the next one prints a key', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const failed = run(process.execPath, [entry], { ROSTRUM_HTTP_PORT: String(port) });
    expect(await failed.ended).toEqual([2, null]);
    expect(failed.text()).toContain('(HTTP_PORT_TAKEN)');
    expect(failed.text()).toContain('Measuring what this machine can encode');
    other.close();

    const second = run(process.execPath, [entry]);
    await waitFor('the greeting', () => second.text().includes('Stop with Ctrl+C'), { deadlineMs: 30_000 });
    // What was measured by the first one is remembered.
    expect(second.text()).not.toContain('Measuring');
    expect(second.text()).toMatch(/API key \(shown this once; .*\): [\w-]{43}/);
    expect(existsSync(path.join(dataDir, 'api-key.sha256'))).toBe(true);
    second.child.kill('SIGTERM');
    expect(await second.ended).toEqual([0, null]);
  });
});

describe('server in a terminal', () => {
  it('ends in order, with all its processes, when the terminal is closed', async () => {
    const terminal = run('script', ['-qec', `${process.execPath} ${entry}`, '/dev/null'], {
      ROSTRUM_MIXER_ADMISSION: 'skip',
    });
    await waitFor('the greeting', () => terminal.text().includes('Stop with Ctrl+C'), { deadlineMs: 30_000 });
    seenPids = processTree(terminal.child.pid!).map((info) => info.pid);
    expect(seenPids.length).toBeGreaterThan(3);
    // SQLite removes its log when the database is closed, and only then.
    const databaseLog = path.join(dataDir, 'rostrum.sqlite-wal');
    expect(existsSync(databaseLog)).toBe(true);
    terminal.child.kill('SIGKILL');
    await terminal.ended;
    await waitFor('the database to be closed', () => !existsSync(databaseLog));
    await assertNoneLeft(seenPids);
  });
});
