/** Bad input from every side: each gets a clear, coded answer, and an event that runs meanwhile notices nothing. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { io, type Socket } from 'socket.io-client';
import { AccessTokens } from '../../src/app/auth/access-tokens.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { protocolVersion, type StageReply } from '../../src/signaling/protocol/index.ts';
import { type ErrorBody, callApi, createWebinar, goLive, stateOf } from '../support/api.ts';
import { listedSec, readPlaylist, videoPlaylistUrl } from '../support/hls-client.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const dayAgo: Clock = { ...systemClock, wallMs: () => Date.now() - 86_400_000 };
const entry = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let folder: string;
let server: RostrumServer;
let webinarId: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-refusals-'));
  server = await startRostrumServer();
  ({ webinarId } = await createWebinar(server, 'Undisturbed'));
  await goLive(server, webinarId, true);
  await waitFor('the first segment', () => videoPlaylistUrl(server, webinarId), { deadlineMs: wholePathDeadlineMs });
});
afterAll(async () => {
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a server that must refuse to; everything it would use is free. */
function refusedStart(env: Record<string, string>): { status: number | null; text: string } {
  const result = spawnSync(process.execPath, [entry], {
    env: {
      PATH: process.env.PATH,
      ROSTRUM_HTTP_PORT: '0',
      ROSTRUM_SFU_BASE_PORT: '29700',
      ROSTRUM_TURN_ENABLED: 'false',
      ROSTRUM_DATA_DIR: path.join(folder, 'data'),
      ...env,
    },
    encoding: 'utf8',
    timeout: wholePathDeadlineMs,
  });
  return { status: result.status, text: result.stdout + result.stderr };
}

describe('npm start', () => {
  it('refuses an unknown configuration key and names the nearest', () => {
    const { status, text } = refusedStart({ ROSTRUM_HTTP_PROT: '1' });
    expect(status).toBe(2);
    expect(text).toContain('Unknown key ROSTRUM_HTTP_PROT in the environment. Did you mean "ROSTRUM_HTTP_PORT"?');
    expect(text).toContain('(CONFIG_INVALID)');
  });

  it('refuses a bad value and names key, value and rule', () => {
    const { status, text } = refusedStart({ ROSTRUM_HLS_LATENCY: 'fast' });
    expect(status).toBe(2);
    expect(text).toMatch(/hls\.latency \(ROSTRUM_HLS_LATENCY\) is "fast": .*ultra.*low.*standard/);
  });

  it('refuses when FFmpeg is missing and says how to get it', () => {
    const { status, text } = refusedStart({ ROSTRUM_MIXER_FFMPEG_PATH: '/nonexistent/ffmpeg' });
    expect(status).toBe(2);
    expect(text).toContain('FFmpeg was not found at "/nonexistent/ffmpeg". Install it (apt-get install ffmpeg)');
    expect(text).toContain('(APP_FFMPEG_MISSING)');
  });

  it('refuses a data folder that cannot be one and names its path', () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const { status, text } = refusedStart({ ROSTRUM_DATA_DIR: file });
    expect(status).toBe(2);
    expect(text).toContain(`The data folder ${file} cannot be written`);
    expect(text).toContain('(APP_DATA_DIR_UNWRITABLE)');
  });

  it('refuses an HTTP port that is taken and names it', async () => {
    const holder = await holdPort();
    const { port } = holder.address() as { port: number };
    const { status, text } = refusedStart({ ROSTRUM_HTTP_PORT: String(port) });
    await new Promise((resolve) => holder.close(resolve));
    expect(status).toBe(2);
    expect(text).toContain(`Port ${port} is in use by another program.`);
    expect(text).toContain('(HTTP_PORT_TAKEN)');
  });

  it('refuses the data folder of a server that runs', () => {
    const { status, text } = refusedStart({ ROSTRUM_DATA_DIR: server.dataDir });
    expect(status).toBe(2);
    expect(text).toContain('(APP_DATA_DIR_IN_USE)');
  });
});

describe('the HTTP API', () => {
  it('answers 401 with a code to a missing and a wrong key, and ends no event for them', async () => {
    const live = `/api/webinars/${webinarId}/live`;
    const calls = [
      ['GET', '/api/recordings', undefined],
      ['POST', live, { live: false }],
    ] as const;
    for (const [method, route, body] of calls) {
      const missing = await callApi<ErrorBody>(server, method, route, { body, apiKey: null });
      expect([missing.status, missing.body.error.code]).toEqual([401, 'AUTH_API_KEY_MISSING']);
      const wrong = await callApi<ErrorBody>(server, method, route, { body, apiKey: 'not-the-key' });
      expect([wrong.status, wrong.body.error.code]).toEqual([401, 'AUTH_API_KEY_WRONG']);
    }
  });

  it('answers 400 with the fields to malformed, oversized and unknown input', async () => {
    for (const body of [
      '{',
      { title: '' },
      { title: 'x', unknown: 1 },
      { title: 'a\u0000b' },
      { title: 'x'.repeat(100_000) },
    ]) {
      const answer = await callApi<ErrorBody>(server, 'POST', '/api/webinars', { body });
      expect([answer.status, answer.body.error.code], JSON.stringify(body).slice(0, 60)).toEqual([
        400,
        'HTTP_BODY_INVALID',
      ]);
    }
  });

  it('answers 404 with a code to unknown webinars, recordings and paths', async () => {
    const codes = [];
    for (const target of ['/api/webinars/nope', '/api/recordings/nope', '/api/nope'])
      codes.push((await callApi<ErrorBody>(server, 'GET', target)).body.error.code);
    expect(codes).toEqual(['WEBINAR_NOT_FOUND', 'REC_NOT_FOUND', 'HTTP_NOT_FOUND']);
  });

  it('keeps the host link of the demo from other names than this machine', async () => {
    const { body } = await callApi<{ links: Record<string, string> }>(server, 'GET', '/api/demo', {
      headers: { 'x-forwarded-for': '192.0.2.7' },
    });
    expect(body.links.host).toBeUndefined();
    expect(body.links.viewer).toContain('/watch/');
  });

  it('describes itself at /api/openapi.json', async () => {
    const { body } = await callApi<{ paths: object }>(server, 'GET', '/api/openapi.json', { apiKey: null });
    expect(Object.keys(body.paths)).toContain('/api/webinars/{webinarId}/live');
  });
});

describe('recording links', () => {
  const link = { recordingId: 'some-recording', purpose: 'play', lifetimeSec: 600 } as const;

  async function codeOf(token: string): Promise<[number, string]> {
    const { status, body } = await callApi<ErrorBody>(server, 'GET', `/media/recordings/${token}/recording.mp4`);
    return [status, body.error.code];
  }

  it('refuse with a code what is no token, what somebody else signed, and a token that was changed', async () => {
    const real = await tokensOf(systemClock).issueRecordingLink(link);
    const foreign = await AccessTokens.open(folder, systemClock).issueRecordingLink(link);
    const [header, , signature] = real.split('.');
    const claims = JSON.parse(Buffer.from(real.split('.')[1]!, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, recordingId: 'another' })).toString('base64url');
    for (const token of ['forged', foreign, `${header}.${changed}.${signature}`])
      expect(await codeOf(token)).toEqual([401, 'AUTH_TOKEN_INVALID']);
    // The real one passes, to a recording that is not there.
    expect(await codeOf(real)).toEqual([404, 'REC_NOT_FOUND']);
  });

  it('refuse one whose time is over, and one that was made for the stage', async () => {
    expect(await codeOf(await tokensOf(dayAgo).issueRecordingLink(link))).toEqual([401, 'AUTH_TOKEN_EXPIRED']);
    const invitation = await tokensOf(systemClock).issueInvite({ ...invite(), lifetimeSec: 600 });
    expect(await codeOf(invitation)).toEqual([401, 'AUTH_TOKEN_INVALID']);
  });
});

describe('the stage', () => {
  it('refuses with a code no token, a forged and an expired one, and the default namespace', async () => {
    const foreign = await AccessTokens.open(folder, systemClock).issueInvite({ ...invite(), lifetimeSec: 600 });
    for (const token of ['x'.repeat(200), foreign])
      expect(await connectError('/stage', { token })).toContain('AUTH_TOKEN_INVALID');
    const expired = await tokensOf(dayAgo).issueInvite({ ...invite(), lifetimeSec: 600 });
    expect(await connectError('/stage', { token: expired })).toContain('AUTH_TOKEN_EXPIRED');
    expect(await connectError('/stage', {})).toContain('SIGNALING_AUTH_MISSING');
    expect(await connectError('/', {})).toContain('SIGNALING_NAMESPACE_REFUSED');
  });

  it('answers malformed messages with a code, to the one who sent them alone', async () => {
    const token = await tokensOf(systemClock).issueInvite({ ...invite(), lifetimeSec: 600 });
    const [rude, polite] = [await connectStage(token), await connectStage(token)];
    const heard: string[] = [];
    polite.onAny((name: string) => heard.push(name));
    polite.on('disconnect', () => heard.push('disconnect'));
    expect((await ask(polite, 'join', { protocolVersion })).ok).toBe(true);
    const codes = [];
    for (const [name, payload] of [
      ['join', { protocolVersion: 'one' }],
      ['join', null],
      ['join', { protocolVersion, role: 'host' }],
      ['produce', [[[]]]],
      ['shutdown', {}],
      ['createTransport', { direction: 'send' }],
      ['setLive', { live: false }],
    ] as const) {
      const reply = await ask(rude, name, payload);
      codes.push(reply.ok ? 'ok' : reply.error.code);
    }
    expect(codes).toEqual([
      ...Array.from({ length: 4 }, () => 'SIGNALING_PAYLOAD_INVALID'),
      'SIGNALING_REQUEST_UNKNOWN',
      'SIGNALING_NOT_JOINED',
      'SIGNALING_NOT_JOINED',
    ]);
    // No message at all: the transport's own framing broken, then far too much.
    rude.io.engine.write('9this is no packet');
    rude.emit('join', 'x'.repeat(1_000_000));
    await waitFor('the rude connection to be ended', () => !rude.connected);
    expect((await ask(polite, 'createTransport', { direction: 'send' })).ok).toBe(true);
    expect(heard).toEqual([]);
  });
});

describe('HLS path tricks', () => {
  it('get a coded 404 and never a file', async () => {
    const tricks = [
      '/hls/../../etc/passwd',
      '/hls/%2e%2e/%2e%2e/etc/passwd',
      '/hls/..%5c..%5cetc',
      `/hls/${webinarId}/%00`,
      `/hls/${webinarId}/../${webinarId}/x.m4s`,
      '/hls//etc/passwd',
      `/hls/${webinarId}/..%2f..%2f..%2fetc%2fpasswd`,
      `/hls/${webinarId}/%ff`,
      '/hls/%',
      `/hls/${webinarId}/multivariant.m3u8%00.m4s`,
      `/hls/${webinarId}/multivariant.m3u8/../../../rostrum.db`,
      `/hls/${'a'.repeat(5000)}`,
    ];
    for (const target of tricks) {
      const { status, body } = await rawGet(target);
      expect([status, (JSON.parse(body) as ErrorBody).error], target).toEqual([
        404,
        { code: 'HLS_NOT_FOUND', message: expect.stringContaining('Nothing is published') as string },
      ]);
    }
  });
});

describe('an event that runs meanwhile', () => {
  it('goes on', async () => {
    const url = await videoPlaylistUrl(server, webinarId);
    const before = listedSec(await readPlaylist(url));
    await waitFor('more program', async () => listedSec(await readPlaylist(url)) !== before, {
      deadlineMs: wholePathDeadlineMs,
    });
    expect(await stateOf(server, webinarId)).toBe('live');
  });
});

/** Signs with the server's own key, at the time of that clock. */
function tokensOf(clock: Clock): AccessTokens {
  return AccessTokens.open(server.dataDir, clock);
}

function invite() {
  return { webinarId, role: 'panelist', displayName: 'Pat' } as const;
}

async function connectStage(token: string): Promise<Socket> {
  const options = { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true };
  const socket = io(`${server.baseUrl}/stage`, options);
  onTestFinished(() => void socket.disconnect());
  await waitFor('a connection', () => socket.connected);
  return socket;
}

async function ask(socket: Socket, name: string, payload: unknown): Promise<StageReply> {
  return (await socket.timeout(10_000).emitWithAck(name, payload)) as StageReply;
}

async function holdPort(): Promise<Server> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '0.0.0.0', resolve));
  return holder;
}

async function connectError(namespace: string, auth: Record<string, string>): Promise<string> {
  const socket = io(`${server.baseUrl}${namespace}`, {
    transports: ['websocket'],
    auth,
    reconnection: false,
    forceNew: true,
  });
  try {
    return await new Promise((resolve, reject) => {
      socket.once('connect', () => reject(new Error('was let in')));
      socket.once('connect_error', (error: Error & { data?: unknown }) =>
        resolve(`${error.message} ${JSON.stringify(error.data)}`),
      );
    });
  } finally {
    socket.close();
  }
}

/** fetch() would tidy the path up before it is sent. */
async function rawGet(target: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.baseUrl);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: target }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.once('error', reject);
    sent.end();
  });
}
