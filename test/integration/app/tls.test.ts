/** The encrypted port: HTTP/2 and HTTP/1.1 give what the plain one gives, and nobody can hold it up. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { request as tlsRequest } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpServer } from '../../../src/app/http/http-server.ts';
import { TlsListener } from '../../../src/app/http/tls-listener.ts';
import { TrustedProxies } from '../../../src/app/http/trusted-proxies.ts';
import { type Clock, FakeClock, systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { LiveTestProgram } from '../../support/live-test-program.ts';
import { makeCertificate } from '../../support/self-signed.ts';
import { waitFor } from '../../support/wait-for.ts';

const playlist = '/hls/webinar-1/session-1/video/media.m3u8';
const proxies = new TrustedProxies([]);

let directory: string;
let live: LiveTestProgram;
let server: HttpServer;
let session: ClientHttp2Session;
let origin: string;
const openResponses = new Set<object>();
let closedCount = 0;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'rostrum-tls-'));
  live = await LiveTestProgram.start({ windowSec: 20 }, 9);
  const hls = live.server.origin;
  const echo = express.Router();
  echo.post('/echo', express.json({ limit: '1mb' }), (request, response) => {
    const seen = {
      client: proxies.clientAddressOf(request),
      baseUrl: proxies.baseUrlOf(request),
      body: request.body as unknown,
    };
    response.set('X-Method', request.method).json(seen);
  });
  for (const target of ['/never', '/endless'])
    echo.all(target, (_request, response) => {
      openResponses.add(response);
      response.once('close', () => {
        closedCount++;
        openResponses.delete(response);
      });
      if (target === '/endless') response.write('a beginning');
    });
  server = new HttpServer({
    ...{ host: '127.0.0.1', port: 0, clock: systemClock, logger: silentLogger, handlers: [echo] },
    hls: (request, response) => void hls.handle(request, response),
    tls: {
      ...makeCertificate(directory),
      port: 0,
      hlsStream: (...request) => void hls.handleStream(...request),
    },
  });
  server.server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello');
  });
  await server.start();
  origin = `https://127.0.0.1:${server.tlsPort}`;
  session = connectHttp2(origin, { rejectUnauthorized: false });
  await once(session, 'connect');
});

afterAll(async () => {
  session.destroy();
  await server.close('test over');
  await live.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function ask(target: string, headers: Record<string, string> = {}, body?: string): Promise<Reply> {
  const stream = session.request({ ':path': target, ':method': body === undefined ? 'GET' : 'POST', ...headers });
  stream.end(body);
  const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status': number }];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { status: Number(answer[':status']), headers: answer, body: Buffer.concat(chunks) };
}

async function askPlain(target: string): Promise<Reply> {
  const request = plainRequest({ port: server.port, host: '127.0.0.1', path: target }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) };
}

describe('HTTP/2', () => {
  it('gives media the same bytes and headers as HTTP/1.1 does', async () => {
    const target = '/hls/webinar-1/session-1/video/1.m4s';
    const [here, plain] = [await ask(target), await askPlain(target)];
    expect(here.status).toBe(200);
    expect(here.body.equals(plain.body)).toBe(true);
    const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...expected } = plain.headers;
    expect(here.headers).toMatchObject(expected);
  });

  it('answers ranges, 304 and HEAD', async () => {
    const target = '/hls/webinar-1/session-1/video/1.m4s';
    const whole = await ask(target);
    const part = await ask(target, { range: 'bytes=10-19' });
    expect([part.status, part.body.equals(whole.body.subarray(10, 20))]).toEqual([206, true]);
    const etag = String(whole.headers.etag);
    expect((await ask(target, { 'if-none-match': etag })).status).toBe(304);
    const head = await ask(target, { ':method': 'HEAD' });
    expect([head.status, head.body.length, Number(head.headers['content-length'])]).toEqual([
      200,
      0,
      whole.body.length,
    ]);
  });

  it('holds many requests of one connection at once, and lets go those that the client cancels', async () => {
    const text = (await ask(playlist)).body.toString();
    const lastMsn = Math.max(...[...text.matchAll(/^(\d+)\.m4s$/gm)].map((match) => Number(match[1])));
    const target = `${playlist}?_HLS_msn=${lastMsn + 2}`;
    const held = Array.from({ length: 20 }, () => ask(target));
    const cancelled = session.request({ ':path': target });
    cancelled.on('error', () => undefined);
    await waitFor('requests to be held', () => Promise.resolve(live.server.origin.heldRequestCount === 21));
    cancelled.close(constants.NGHTTP2_CANCEL);
    await waitFor('one to be let go', () => Promise.resolve(live.server.origin.heldRequestCount === 20));
    // Others of the same connection are answered meanwhile.
    expect((await ask('/hls/webinar-1/multivariant.m3u8')).status).toBe(200);
    const replies = await Promise.all(held);
    expect(replies.every(({ status, body }) => status === 200 && body.includes(`\n${lastMsn + 2}.m4s`))).toBe(true);
    expect(live.server.origin.heldRequestCount).toBe(0);
  });

  it('reaches API and pages, with body, headers, the true client and https in its own address', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(200_000) });
    const reply = await ask('/echo', { 'content-type': 'application/json', 'x-forwarded-proto': 'http' }, body);
    expect(reply.status).toBe(200);
    expect(reply.headers['x-method']).toBe('POST');
    expect(reply.headers).not.toHaveProperty('connection');
    expect(reply.headers['content-security-policy']).toContain("default-src 'self'");
    expect(JSON.parse(reply.body.toString())).toEqual({
      client: '127.0.0.1',
      baseUrl: origin,
      body: JSON.parse(body) as unknown,
    });
    expect((await ask('/nothing')).status).toBe(404);
    expect((await ask('/hls/nothing')).status).toBe(404);
  });

  it('ends what it handed on when the client cancels, with nothing answered, half asked, or half answered', async () => {
    for (const [target, method] of [
      ['/never', 'GET'],
      ['/never', 'POST'],
      ['/endless', 'GET'],
    ] as const) {
      const count = closedCount;
      const stream = session.request({ ':path': target, ':method': method }, { endStream: method === 'GET' });
      stream.on('error', () => undefined);
      if (method === 'POST') stream.write('half');
      await waitFor('the request to arrive', () => Promise.resolve(openResponses.size === 1));
      stream.close(constants.NGHTTP2_CANCEL);
      await waitFor('the answer to be closed', () => Promise.resolve(closedCount === count + 1));
      expect(openResponses.size).toBe(0);
    }
  });

  it('takes a body without a length, and headers that are for one connection alone', async () => {
    const body = JSON.stringify({ a: 1 });
    const headers = { 'content-type': 'application/json', te: 'trailers', trailer: 'x', expect: '100-continue' };
    const reply = await ask('/echo', headers, body);
    expect(JSON.parse(reply.body.toString())).toMatchObject({ body: { a: 1 } });
    const stream = session.request({ ':path': '/nothing', ':method': 'DELETE' }, { endStream: false });
    stream.end('a body that nobody asked for');
    const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(answer[':status']).toBe(404);
    stream.resume();
  });
});

describe('HTTP/1.1 over TLS', () => {
  it('answers, knows that it is encrypted, and upgrades', async () => {
    const options = { rejectUnauthorized: false, method: 'POST', headers: { 'content-type': 'application/json' } };
    const request = tlsRequest(`${origin}/echo`, options).end('{}');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ baseUrl: origin });
    const upgrade = tlsRequest(`${origin}/x`, {
      rejectUnauthorized: false,
      headers: { connection: 'Upgrade', upgrade: 'echo' },
    }).end();
    const [answer, , head] = (await once(upgrade, 'upgrade')) as [IncomingMessage, unknown, Buffer];
    expect([answer.statusCode, head.toString()]).toEqual([101, 'hello']);
  });

  it('is what a client without ALPN gets; TLS 1.1 is refused', async () => {
    const socket = connectTls({ port: server.tlsPort!, host: '127.0.0.1', rejectUnauthorized: false });
    socket.write(`GET ${playlist} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
    socket.destroy();
    const old = connectTls({
      ...{ port: server.tlsPort!, host: '127.0.0.1', rejectUnauthorized: false },
      ...{ maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    });
    const [error] = (await once(old, 'error')) as [NodeJS.ErrnoException];
    // The server's own word for it; a client that would not even try says something else.
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });
});

describe('TlsListener', () => {
  function listener(files: { certFile: string; keyFile: string }, clock: Clock = systemClock): TlsListener {
    return new TlsListener({
      ...files,
      ...{ host: '127.0.0.1', port: 0, http1: server.server, clock, logger: silentLogger },
      hlsStream: (...request) => void live.server.origin.handleStream(...request),
    });
  }

  it('refuses what is no certificate, no match, expired or not there with TLS_CERTIFICATE_UNUSABLE', () => {
    const [one, other] = [makeCertificate(directory, 'one'), makeCertificate(directory, 'other')];
    const refused: [string, { certFile: string; keyFile: string }][] = [
      ['no start line', { certFile: path.join(directory, 'one.key'), keyFile: one.keyFile }],
      ['mismatch', { certFile: one.certFile, keyFile: other.keyFile }],
      ['ENOENT', { certFile: path.join(directory, 'nothing'), keyFile: one.keyFile }],
    ];
    for (const [reason, files] of refused)
      expect(() => listener(files)).toThrow(
        expect.objectContaining({
          code: 'TLS_CERTIFICATE_UNUSABLE',
          message: expect.stringContaining(reason) as string,
        }),
      );
    expect(() => listener(one, new FakeClock(Date.UTC(2100, 0, 1)))).toThrow(/it expired on/);
  });

  it('takes up a renewed certificate, keeps the old one for nonsense, and cuts everybody off when it closes', async () => {
    const files = makeCertificate(directory, 'before');
    const tls = listener(files);
    await tls.start();
    const nameNow = async (): Promise<string> => {
      const socket = connectTls({ port: tls.port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return String(subject.CN);
    };
    expect(await nameNow()).toBe('before');
    const renewed = makeCertificate(directory, 'renewed');
    const { copyFileSync, writeFileSync } = await import('node:fs');
    copyFileSync(renewed.certFile, files.certFile);
    copyFileSync(renewed.keyFile, files.keyFile);
    tls.takeUpCertificate();
    expect(await nameNow()).toBe('renewed');
    writeFileSync(files.certFile, 'nonsense');
    tls.takeUpCertificate();
    expect(await nameNow()).toBe('renewed');

    const silent = connectTcp(tls.port, '127.0.0.1');
    await once(silent, 'connect');
    const http2 = connectHttp2(`https://127.0.0.1:${tls.port}`, { rejectUnauthorized: false });
    http2.on('error', () => undefined);
    await once(http2, 'connect');
    await waitFor('the session', () => Promise.resolve(tls.http2SessionCount === 1));
    const ends = [once(silent, 'close'), once(http2, 'close')];
    await tls.close('test over');
    await Promise.all(ends);
    expect(tls.http2SessionCount).toBe(0);
  });
});
