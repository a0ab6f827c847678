/** The feed over HTTP: a connection that breaks, falls silent or lies is made again; one that does not keep up is cut off. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedClient } from '../../../src/app/origin/feed-client.ts';
import { createFeedRouter, feedPath } from '../../../src/app/origin/feed-route.ts';
import { errorHandler } from '../../../src/app/http/api-router.ts';
import { FakeClock, systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { encodeFrame, OriginFeed, OriginReplica } from '../../../src/hls/index.ts';
import { OriginServer } from '../../support/hls-http.ts';
import { TestProgram } from '../../support/hls-program.ts';
import { MemoryDvrStore } from '../../support/memory-dvr-store.ts';
import { waitFor } from '../../support/wait-for.ts';

const originKey = 'a-key-of-24-characters-at-least';
const common = { clock: systemClock, logger: silentLogger };

let test: TestProgram;
let feed: OriginFeed;
let leader: Server;
let connections: ServerResponse[];
let other: OriginServer;
let replica: OriginReplica;
let client: FeedClient | undefined;

beforeEach(async () => {
  test = new TestProgram({ windowSec: 12 });
  feed = new OriginFeed();
  feed.follow(test.program);
  test.beginRun();
  test.feedParts(9);
  connections = [];
  const app = express();
  app.use((_request, response, next) => {
    connections.push(response);
    next();
  });
  app.use(createFeedRouter({ feed, originKey, ...common }));
  app.use(errorHandler(silentLogger));
  leader = createServer(app).listen(0, '127.0.0.1');
  await once(leader, 'listening');
  other = new OriginServer(test.config, systemClock);
  await other.listen();
  replica = new OriginReplica({ origin: other.origin, dvrStoreOf: () => new MemoryDvrStore(), clock: systemClock });
});

afterEach(async () => {
  await client?.close('test over');
  client = undefined;
  test.program.close();
  leader.closeAllConnections();
  leader.close();
  await other.close();
});

const port = () => (leader.address() as AddressInfo).port;

function start(key = originKey): void {
  client = new FeedClient({ leaderUrl: `http://127.0.0.1:${port()}`, originKey: key, replica, ...common });
  client.start();
}

const inStep = () => waitFor('the replica to be in step', () => Promise.resolve(replica.isInStep));
const playlist = async () => (await other.get('/hls/webinar-1/session-1/video/media.m3u8')).body.toString();

describe('FeedClient', () => {
  it('makes the other origin serve the program, from any moment on', async () => {
    start();
    await inStep();
    expect(await playlist()).toContain('\n0.m4s');
    test.feedParts(6);
    await waitFor('the next segment', async () => (await playlist()).includes('\n1.m4s'));
  });

  it('connects anew when the connection breaks, and has what it missed', async () => {
    start();
    await inStep();
    connections[0]!.destroy();
    await waitFor('the break to be noticed', () => Promise.resolve(!replica.isInStep));
    test.feedParts(12);
    await inStep();
    expect(await playlist()).toContain('\n2.m4s');
  });

  it('connects anew when the other side lies', async () => {
    start();
    await inStep();
    connections[0]!.write(Buffer.from([0, 0, 0, 2, 0, 0, 0, 0, 0x7b, 0x7d]));
    await waitFor('the next connection', () => Promise.resolve(connections.length === 2));
    await inStep();
  });

  it('connects anew when the other side has said nothing for four seconds', async () => {
    const mute: ServerResponse[] = [];
    const silent = createServer((_request, response) => {
      mute.push(response);
      for (const bytes of encodeFrame({ kind: 'complete' })) response.write(bytes);
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const clock = new FakeClock();
    const leaderUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    client = new FeedClient({ ...common, clock, leaderUrl, originKey, replica });
    client.start();
    await inStep();
    await clock.advanceAsync(3900, 100);
    expect(replica.isInStep).toBe(true);
    await clock.advanceAsync(200, 100);
    await waitFor('the silence to be noticed', () => Promise.resolve(!replica.isInStep));
    await clock.advanceAsync(300, 100);
    await inStep();
    expect(mute).toHaveLength(2);
    await client.close('test over');
    silent.closeAllConnections();
    silent.close();
  });

  it('close ends the connection and is told nothing any more', async () => {
    start();
    await inStep();
    const closed = once(connections[0]!, 'close');
    await client!.close('test over');
    await closed;
    expect(connections).toHaveLength(1);
  });

  it('with a wrong key is refused and tries again, seldom', async () => {
    start('not-the-key-of-24-characters');
    await waitFor('two tries', () => Promise.resolve(connections.length === 2));
    expect(connections.map(({ statusCode }) => statusCode)).toEqual([401, 401]);
    expect(replica.isInStep).toBe(false);
  });
});

describe('GET /internal/origin-feed', () => {
  it('cuts off an origin that takes nothing while more and more is told', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.write(`GET ${feedPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${originKey}\r\n\r\n`);
    await waitFor('the connection', () => Promise.resolve(connections.length === 1));
    socket.pause();
    const closed = once(connections[0]!, 'close');
    // A third of a gigabyte, the same bytes again and again.
    const bytes = new Uint8Array(8 * 1024 * 1024);
    for (let index = 0; index < 40; index++) {
      test.program.window('video')!.putInit(index + 1, bytes);
      test.program.addDateRange({ id: `r${index}`, kind: 'slide', startMs: 0, endMs: 1, attributes: {} });
    }
    await closed;
    socket.destroy();
  });
});
