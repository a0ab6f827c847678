/** The server helper itself, with small stand-ins for src/main.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../support/processes.ts';
import { type RostrumServer, startRostrumServer } from '../../support/rostrum-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const wellBehaved = `
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', '--role', 'mixer'], { stdio: 'ignore' });
const server = createServer((request, response) => response.writeHead(request.url === '/readyz' ? 200 : 404).end());
server.listen(Number(process.env.ROSTRUM_HTTP_PORT), '127.0.0.1');
console.log('data in ' + process.env.ROSTRUM_DATA_DIR);
process.once('SIGTERM', () => { child.kill(); child.once('exit', () => process.exit(0)); });
`;

let directory: string;
let server: RostrumServer | undefined;

function entry(name: string, text: string): string {
  const file = path.join(directory, `${name}.mjs`);
  writeFileSync(file, text);
  return file;
}

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'rostrum-helper-'));
});
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(async () => {
  await server?.dispose();
  server = undefined;
});

describe('startRostrumServer', () => {
  it('resolves when /readyz answers, finds roles, and stop ends it with its children', async () => {
    server = await startRostrumServer({ entryPath: entry('good', wellBehaved) });
    expect(server.log()).toContain(`data in ${server.dataDir}`);
    const running = server;
    const [mixerPid] = await waitFor(
      'the mixer',
      () => running.pidsOf('mixer').length === 1 && running.pidsOf('mixer'),
    );
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(isRunning(mixerPid!)).toBe(false);
  });

  it('killTree leaves neither the server nor its children', async () => {
    server = await startRostrumServer({ entryPath: entry('killed', wellBehaved) });
    const running = server;
    const [mixerPid] = await waitFor(
      'the mixer',
      () => running.pidsOf('mixer').length === 1 && running.pidsOf('mixer'),
    );
    await server.killTree();
    expect([server.pid, mixerPid!].filter(isRunning)).toEqual([]);
  });

  it('rejects with exit code and log when the server ends at once', async () => {
    const entryPath = entry('bad', "console.log('no room for me'); process.exit(3);");
    await expect(startRostrumServer({ entryPath })).rejects.toThrow(/exit 3[\s\S]*no room for me/);
  });

  it('rejects with the last answer when the server never gets ready', async () => {
    const neverReady = wellBehaved.replace('? 200', '? 503');
    await expect(startRostrumServer({ entryPath: entry('never', neverReady), readyDeadlineMs: 4000 })).rejects.toThrow(
      '/readyz answers 503',
    );
  });

  it('stop rejects when the server left a child behind', async () => {
    const careless = wellBehaved.replace(
      "child.kill(); child.once('exit', () => process.exit(0));",
      'process.exit(0);',
    );
    server = await startRostrumServer({ entryPath: entry('careless', careless) });
    const running = server;
    await waitFor('the mixer', () => running.pidsOf('mixer').length === 1);
    await expect(server.stop()).rejects.toThrow('Processes left');
  });
});
