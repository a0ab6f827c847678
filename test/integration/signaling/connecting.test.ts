import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrustedProxies } from '../../../src/app/http/trusted-proxies.ts';
import { FakeClock } from '../../../src/core/clock.ts';
import { protocolVersion } from '../../../src/signaling/protocol/index.ts';
import { startStageServer, type TestStage } from '../../support/stage-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const grant = { webinarId: 'w', role: 'panelist', displayName: 'Ann' } as const;

/** One connection per address; clients say in X-Forwarded-For who they are. */
async function startProxiedStage(trustedProxies: readonly string[]) {
  const proxies = new TrustedProxies(trustedProxies);
  const stage = await startStageServer({
    config: { maxConnectionsPerIp: 1 },
    clientAddressOf: (request) => proxies.clientAddressOf(request),
  });
  const token = await stage.tokens.issue(grant);
  const openFor = (forwardedFor: string) =>
    stage.open(token, { options: { extraHeaders: { 'x-forwarded-for': forwardedFor } } });
  return { ...stage, openFor };
}

describe('connecting to /stage', () => {
  let stage: TestStage;
  beforeAll(async () => {
    stage = await startStageServer();
  });
  afterAll(() => stage.close());

  it('with a valid token is let in', async () => {
    const client = await stage.connect();
    expect(client.socket.connected).toBe(true);
  });

  it('with a token signed by somebody else is refused with AUTH_TOKEN_INVALID', async () => {
    expect(await stage.open(await stage.tokens.forge(grant)).refused()).toBe('AUTH_TOKEN_INVALID');
  });

  it('with an expired token is refused with AUTH_TOKEN_EXPIRED', async () => {
    expect(await stage.open(await stage.tokens.expired(grant)).refused()).toBe('AUTH_TOKEN_EXPIRED');
  });

  it('without a token, with one in the query, or with a malformed auth is refused with SIGNALING_AUTH_MISSING', async () => {
    const token = await stage.tokens.issue(grant);
    expect(await stage.open(undefined).refused()).toBe('SIGNALING_AUTH_MISSING');
    expect(await stage.open(undefined, { options: { query: { token } } }).refused()).toBe('SIGNALING_AUTH_MISSING');
    const auths: object[] = [{ token: ['x'] }, { token, extra: 1 }, { token: 'x'.repeat(5000) }];
    for (const auth of auths)
      expect(await stage.open(undefined, { options: { auth } }).refused()).toBe('SIGNALING_AUTH_MISSING');
  });

  it('on the default namespace is refused even with a valid token', async () => {
    const client = stage.open(await stage.tokens.issue(grant), { namespace: '/' });
    expect(await client.refused()).toBe('SIGNALING_NAMESPACE_REFUSED');
  });

  it('on an unknown namespace is refused', async () => {
    const client = stage.open(await stage.tokens.issue(grant), { namespace: '/admin' });
    await client.refused();
    expect(client.socket.connected).toBe(false);
  });

  it('by long polling is refused', async () => {
    const response = await fetch(`${stage.url}/socket.io/?EIO=4&transport=polling`);
    expect(response.status).toBe(400);
  });

  it('from a foreign origin is refused, from the same host or without an origin it is let in', async () => {
    const token = await stage.tokens.issue(grant);
    const from = (origin: string) => stage.open(token, { options: { extraHeaders: { origin } } });
    const foreign = from('https://evil.example');
    await foreign.refused();
    await from(stage.url).connected();
    expect((await stage.metrics.render()).body).toMatch(/refused_total\{code="SIGNALING_ORIGIN_REFUSED"\} 1/);
  });

  it('and sending a message of 1 MB ends the connection; the server goes on', async () => {
    const client = await stage.connect();
    client.socket.emit('join', { protocolVersion, displayName: 'x'.repeat(1024 * 1024) }, () => undefined);
    expect(await client.gone()).toMatch(/transport/);
    await stage.connect();
  });

  it('more often than maxConnectionsPerIp is refused until a connection ends', async () => {
    const small = await startStageServer({ config: { maxConnectionsPerIp: 2 } });
    const [first] = [await small.connect(), await small.connect()];
    const third = small.open(await small.tokens.issue(grant));
    await third.refused();
    first.socket.disconnect();
    await waitFor('a free place', async () => {
      const client = small.open(await small.tokens.issue(grant));
      return client.settled();
    });
    await small.close();
  });

  it('above maxConnectionsPerIp with a spoofed X-Forwarded-For is refused', async () => {
    const small = await startProxiedStage([]);
    await small.openFor('198.51.100.1').connected();
    await small.openFor('198.51.100.2').refused();
    await small.close();
  });

  it('through a trusted proxy counts maxConnectionsPerIp for each client of its own', async () => {
    const small = await startProxiedStage(['127.0.0.1']);
    const first = small.openFor('198.51.100.1');
    await first.connected();
    await small.openFor('198.51.100.2').connected();
    await small.openFor('198.51.100.2, 198.51.100.1').refused();
    first.socket.disconnect();
    await waitFor('a free place', () => small.openFor('198.51.100.1').settled());
    await small.close();
  });

  it('and not joining within 15 s ends the connection with SIGNALING_JOIN_TIMEOUT', async () => {
    const clock = new FakeClock();
    const slow = await startStageServer({ clock });
    const idle = await slow.connect();
    const { client: busy } = await slow.join();
    clock.advance(15_000);
    await idle.gone();
    expect(idle.events).toMatchObject([{ name: 'removed', payload: { code: 'SIGNALING_JOIN_TIMEOUT' } }]);
    expect(busy.socket.connected).toBe(true);
    // The fake clock's close deadline has to move for the workers' sake only if something hangs.
    await slow.close();
  });

  it('while the server closes: everybody hears SIGNALING_CLOSED, nobody new is let in, the HTTP server stays', async () => {
    const closing = await startStageServer();
    const { client } = await closing.join();
    await closing.signaling.close('test');
    await client.gone();
    expect(client.events.at(-1)).toMatchObject({ name: 'removed', payload: { code: 'SIGNALING_CLOSED' } });
    await closing.open(await closing.tokens.issue(grant)).refused();
    expect((await fetch(closing.url)).status).toBe(404);
    await closing.close();
  });

  it('while the server closes: who answers nothing any more is cut off and keeps nobody waiting', async () => {
    const closing = await startStageServer();
    const { client } = await closing.join();
    client.stopReading();
    await closing.signaling.close('test');
    expect(await closing.connectionCount()).toBe(0);
    await closing.close();
  });
});
