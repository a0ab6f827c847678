/** Asking another process who may watch: once per token, for as long as its verdict holds. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RemoteGate } from '../../../../src/app/origin/remote-gate.ts';
import { FakeClock } from '../../../../src/core/clock.ts';

const token = `${'a'.repeat(20)}.${'b'.repeat(60)}.${'c'.repeat(86)}`;
const request = { webinarId: 'webinar-1', token, clientKey: '192.0.2.1' };

let server: Server;
let asked: { readonly path: string; readonly client: string }[];
let answer: { status: number; headers: Record<string, string>; body?: string };
let clock: FakeClock;
let gate: RemoteGate;

beforeEach(async () => {
  asked = [];
  answer = { status: 204, headers: { 'cache-control': 'public, max-age=60' } };
  server = createServer((incoming, response) => {
    asked.push({ path: incoming.url!, client: String(incoming.headers['x-forwarded-for']) });
    response.writeHead(answer.status, { ...answer.headers, connection: 'close' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  clock = new FakeClock();
  gate = new RemoteGate(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, clock);
});
afterEach(async () => {
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

describe('RemoteGate', () => {
  it('admit asks once for all who come together, and again when the verdict is over', async () => {
    const admissions = await Promise.all([gate.admit(request), gate.admit(request)]);
    expect(admissions).toEqual(Array.from({ length: 2 }, () => ({ isPrivate: true, validForSec: 60 })));
    clock.advance(59_000);
    // Only the rest: an edge that relies on it must not go beyond.
    expect(gate.admit(request)).toEqual({ isPrivate: true, validForSec: 1 });
    expect(asked).toEqual([{ path: `/hls/t/${token}/webinar-1/auth`, client: '192.0.2.1' }]);
    clock.advance(2000);
    await gate.admit(request);
    expect(asked).toHaveLength(2);
  });

  it('admit asks without a token, too, and keeps verdicts apart', async () => {
    expect(await gate.admit({ ...request, token: undefined })).toEqual({ isPrivate: false, validForSec: 60 });
    await gate.admit({ ...request, webinarId: 'webinar-2', token: undefined });
    expect(asked.map(({ path }) => path)).toEqual(['/hls/webinar-1/auth', '/hls/webinar-2/auth']);
  });

  it('admit passes refusals on, asks for the same one again after a second, and forgets it', async () => {
    answer = { status: 401, headers: {}, body: '{"error":{"code":"AUTH_TOKEN_EXPIRED","message":"x"}}' };
    await expect(gate.admit(request)).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' });
    expect(() => gate.admit(request)).toThrow(expect.objectContaining({ code: 'AUTH_TOKEN_EXPIRED' }));
    expect(asked).toHaveLength(1);
    clock.advance(1001);
    answer = { status: 204, headers: { 'cache-control': 'public, max-age=5' } };
    expect(await gate.admit(request)).toEqual({ isPrivate: true, validForSec: 5 });
  });

  it.each(['..', 'a/../b', `${token}?x=1`, `${token}#`, ''])('admit asks nobody about %j', (wrong) => {
    expect(() => gate.admit({ ...request, token: wrong })).toThrow(
      expect.objectContaining({ code: 'AUTH_TOKEN_INVALID' }),
    );
    expect(asked).toEqual([]);
  });

  it.each([
    ['nonsense', { status: 500, headers: {}, body: 'nonsense' }],
    ['an unknown code', { status: 400, headers: {}, body: '{"error":{"code":"toString"}}' }],
  ])('admit answers AUTH_ORIGIN_ALONE for %s', async (_what, given) => {
    answer = given;
    await expect(gate.admit(request)).rejects.toMatchObject({ code: 'AUTH_ORIGIN_ALONE' });
  });

  it('admit lets in to what was open while nobody can be asked, for five minutes, and nobody with a token', async () => {
    const open = { ...request, token: undefined };
    await gate.admit(open);
    await gate.admit(request);
    server.close();
    server.closeAllConnections();
    clock.advance(61_000);
    expect(await gate.admit(open)).toEqual({ isPrivate: false, validForSec: 1 });
    await expect(gate.admit(request)).rejects.toMatchObject({ code: 'AUTH_ORIGIN_ALONE' });
    clock.advance(300_000);
    await expect(gate.admit(open)).rejects.toMatchObject({ code: 'AUTH_ORIGIN_ALONE' });
  });

  it('admit asks 256 questions at once and no more', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 300 }, async (_, index) => gate.admit({ ...request, webinarId: `webinar-${index}` })),
    );
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(44);
    expect(asked).toHaveLength(256);
  });

  it('admit answers AUTH_ORIGIN_ALONE when nobody can be asked', async () => {
    server.close();
    server.closeAllConnections();
    await expect(gate.admit(request)).rejects.toMatchObject({ code: 'AUTH_ORIGIN_ALONE' });
  });
});
