/** The real coturn, started as the application starts it: relays to the SFU and to nobody else, ends with the app. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTurnServer, type TurnServer } from '../../../src/app/processes/index.ts';
import { createTurnCredentials } from '../../../src/app/processes/turn-credentials.ts';
import { turnConfigSchema } from '../../../src/app/processes/turn-config.ts';
import { type LogFields, type Logger, silentLogger } from '../../../src/core/logger.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { freeUdpPort } from '../../support/free-port.ts';
import { provideInterfaceAddress } from '../../support/interface-address.ts';
import { assertNoneLeft, isRunning } from '../../support/processes.ts';
import { TurnClient } from '../../support/turn-client.ts';
import { waitFor } from '../../support/wait-for.ts';

const secret = 'only-for-this-test-0123456789';
const allocated = 0;
const unauthorized = 401;
/** Forbidden, or the relay has no address of that family at all (RFC 8656, sections 9.2 and 7.2). */
const refusals = [403, 440, 443];

let machine: ReturnType<typeof provideInterfaceAddress>;
let dataDir: string;
let server: TurnServer;
let port: number;
let clients: TurnClient[];
let logged: string[];

function recordingLogger(): Logger {
  const log = (fields: LogFields, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  return { ...silentLogger, debug: log, info: log, warn: log, error: log, child: recordingLogger };
}

function createServer(
  overrides: { program?: string; folder?: string; configured?: Record<string, unknown> } = {},
): TurnServer {
  return createTurnServer({
    config: turnConfigSchema.parse({
      listenIp: machine.address,
      port,
      minRelayPort: 51_000,
      maxRelayPort: 51_020,
      secret,
      ...overrides.configured,
    }),
    sfuAddresses: [machine.address],
    dataDir: overrides.folder ?? dataDir,
    clock: systemClock,
    logger: recordingLogger(),
    ...(overrides.program === undefined ? {} : { program: overrides.program }),
  });
}

function connect(credentials: { username: string; credential: string }): TurnClient {
  const client = new TurnClient({ ip: machine.address, port }, credentials);
  clients.push(client);
  return client;
}

beforeAll(() => {
  machine = provideInterfaceAddress();
});
afterAll(() => machine.release());

beforeEach(async () => {
  clients = [];
  logged = [];
  dataDir = mkdtempSync(path.join(tmpdir(), 'rostrum-turn-'));
  port = await freeUdpPort(machine.address);
  server = createServer();
});
afterEach(async () => {
  for (const client of clients) client.close();
  await server.close('test over');
  rmSync(dataDir, { recursive: true });
});

describe('TURN server with credentials from iceServersFor', () => {
  it('relays to the SFU and refuses every other peer', async () => {
    await server.start();
    const [iceServer] = server.iceServersFor('peer1');
    expect(iceServer!.urls).toEqual([
      `turn:${machine.address}:${port}?transport=udp`,
      `turn:${machine.address}:${port}?transport=tcp`,
    ]);
    const client = connect(iceServer!);
    expect(await client.allocate()).toBe(allocated);
    expect(await client.createPermission(machine.address)).toBe(0);
    const others = [
      '203.0.113.7',
      '127.0.0.1',
      '10.0.0.5',
      '192.168.1.1',
      '169.254.169.254',
      '0.0.0.0',
      '255.255.255.255',
    ];
    const mapped = ['::ffff:127.0.0.1', '::ffff:10.0.0.5', '::ffff:169.254.169.254'];
    for (const peer of [...others, ...mapped, '::1', 'fd00::1', '2001:db8::1']) {
      expect(refusals, peer).toContain(await client.createPermission(peer));
    }
    expect(await client.release()).toBe(0);
  });

  it('refuses an IPv6 allocation, so that mapped addresses have no way in', async () => {
    await server.start();
    expect(refusals).toContain(await connect(server.iceServersFor('peer1')[0]!).allocate('ipv6'));
  });
});

describe('TURN server with other credentials', () => {
  it('answers 401 to expired ones', async () => {
    await server.start();
    const anHourAgoMs = Date.now() - 3_600_000;
    expect(await connect(createTurnCredentials(secret, 'peer1', anHourAgoMs)).allocate()).toBe(unauthorized);
  });

  it('answers 401 to those made with another secret', async () => {
    await server.start();
    const forged = createTurnCredentials('not-the-secret-of-this-server', 'peer1', Date.now());
    expect(await connect(forged).allocate()).toBe(unauthorized);
  });
});

describe('TURN server process', () => {
  it('keeps the secret out of the command line, the log and other users reach', async () => {
    await server.start();
    const iceServer = server.iceServersFor('canary-peer')[0]!;
    await connect(iceServer).allocate();
    await connect(createTurnCredentials('another-wrong-secret', 'canary-peer', Date.now())).allocate();
    expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).not.toContain(secret);
    expect(statSync(path.join(dataDir, 'turn/turnserver.conf')).mode & 0o777).toBe(0o600);
    await waitFor('a log line about the forged credentials', () => logged.some((line) => line.includes('ERROR')));
    const log = logged.join('\n');
    for (const canary of [secret, iceServer.credential, 'canary-peer']) expect(log).not.toContain(canary);
  });

  it('is gone after close, and its configuration file with it', async () => {
    await server.start();
    const pid = server.pid!;
    await server.close('app closes');
    expect(isRunning(pid)).toBe(false);
    expect(() => statSync(path.join(dataDir, 'turn/turnserver.conf'))).toThrow('ENOENT');
    expect(server.iceServersFor('peer1')).toEqual([]);
  });

  it('is started again after it was killed', async () => {
    await server.start();
    const pid = server.pid!;
    process.kill(pid, 'SIGKILL');
    await assertNoneLeft([pid]);
    await waitFor('another turnserver', () => server.isReady && server.pid !== pid);
    expect(await connect(server.iceServersFor('peer1')[0]!).allocate()).toBe(allocated);
  });

  it('start after only the server was killed ends the orphan and is ready with its own secret', async () => {
    const earlier = spawn(process.execPath, [
      fileURLToPath(new URL('./earlier-run.ts', import.meta.url)),
      JSON.stringify({ listenIp: machine.address, port, dataDir, secret: 'the-secret-of-the-earlier-run' }),
    ]);
    const ended = once(earlier, 'exit');
    const [line] = (await once(createInterface({ input: earlier.stdout }), 'line')) as [string];
    const orphanPid = Number(line);
    earlier.kill('SIGKILL');
    await ended;
    expect(isRunning(orphanPid)).toBe(true);
    await server.start();
    expect(isRunning(orphanPid)).toBe(false);
    expect(server.isReady).toBe(true);
    expect(await connect(server.iceServersFor('peer1')[0]!).allocate()).toBe(allocated);
  });

  it('start leaves a process alone that has the noted pid but is another one', async () => {
    const stranger = spawn('sleep', ['60']);
    try {
      mkdirSync(path.join(dataDir, 'turn'));
      const stat = readFileSync(`/proc/${stranger.pid}/stat`, 'utf8').split(' ');
      writeFileSync(path.join(dataDir, 'turn/turnserver.child'), `${stranger.pid} ${stat[21]}`);
      await server.start();
      expect(server.isReady).toBe(true);
      expect(isRunning(stranger.pid!)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('start with a folder that cannot be written comes back, says so and hands out no servers', async () => {
    writeFileSync(path.join(dataDir, 'turn'), 'a file in the place of the folder');
    await server.start();
    expect(logged.join()).toContain('TURN is off');
    expect(server.iceServersFor('peer1')).toEqual([]);
  });

  it('start with coturn not installed says so once and hands out no servers', async () => {
    server = createServer({ program: 'turnserver-that-is-not-there' });
    await server.start();
    expect(logged.filter((line) => line.startsWith('TURN is off'))).toHaveLength(1);
    expect(logged.join()).toContain('apt-get install coturn');
    expect(server.iceServersFor('peer1')).toEqual([]);
  });

  it('start with the port taken hands out no servers, and comes up when the port is free again', async () => {
    const other = server;
    await other.start();
    server = createServer({ folder: path.join(dataDir, 'second') });
    await server.start();
    expect(server.iceServersFor('peer1')).toEqual([]);
    expect(logged.join()).toContain('TURN_PORT_IN_USE');
    await other.close('port is given back');
    await waitFor('the second server', () => server.isReady, { deadlineMs: 20_000 });
  });

  it('start with turn.enabled false starts nothing', async () => {
    server = createServer({ configured: { enabled: false } });
    await server.start();
    expect(server.pid).toBeUndefined();
    expect(server.iceServersFor('peer1')).toEqual([]);
  });
});
