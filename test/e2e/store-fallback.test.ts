/**
 * The edge that viewers get the program from dies in the middle of an event: the page goes on from the object store, and
 * comes back when the edge does. Real server, Varnish, S3 and Chromium; nobody touches the page.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { checkStream } from '../../src/hls/index.ts';
import { callApi, createWebinar, goLive } from '../support/api.ts';
import { freePortRange } from '../support/free-port.ts';
import { readPlaylist, smallestVideoUri } from '../support/hls-client.ts';
import { playsAgain, recoveryDeadlineMs } from '../support/moving-picture.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { startVarnishEdge, type VarnishEdge } from '../support/varnish-edge.ts';
import { openViewer, type Viewer } from '../support/viewer-page.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const bucket = 'programs';
const prefix = 'hls/';

let s3: S3Server;
let edge: VarnishEdge;
let server: RostrumServer;
let viewer: Viewer;
let webinar: Awaited<ReturnType<typeof createWebinar>>;
let originUrl: string;
let storeUrl: string;

beforeAll(async () => {
  s3 = await startS3Server();
  await s3.createBucket(bucket, { publicPrefix: prefix });
  storeUrl = `${s3.endpoint}/${bucket}/${prefix}`;
  const port = await freePortRange(1);
  originUrl = `http://127.0.0.1:${port}`;
  edge = await startVarnishEdge(originUrl);
  const { endpoint, accessKeyId, secretAccessKey } = s3.config;
  server = await startRostrumServer({
    env: {
      ROSTRUM_HTTP_PORT: String(port),
      ROSTRUM_TURN_ENABLED: 'false',
      ROSTRUM_MIXER_LADDER: '640x360:800000',
      ROSTRUM_HLS_PUBLIC_URL: edge.baseUrl,
      ROSTRUM_HLS_STORE_BUCKET: bucket,
      ROSTRUM_HLS_STORE_PREFIX: prefix,
      ROSTRUM_HLS_STORE_URL: storeUrl,
      ROSTRUM_S3_ENDPOINT: endpoint,
      ROSTRUM_S3_ACCESS_KEY_ID: accessKeyId,
      ROSTRUM_S3_SECRET_ACCESS_KEY: secretAccessKey,
      ROSTRUM_S3_FORCE_PATH_STYLE: 'true',
    },
  });
  webinar = await createWebinar(server, 'Fallback');
  await goLive(server, webinar.webinarId, true);
  const branding = { ticker: 'Nobody is here, and yet something moves.' };
  await callApi(server, 'PUT', `/api/webinars/${webinar.webinarId}/branding`, { body: branding });
  viewer = await openViewer(webinar.viewer);
  await playsAgain(viewer, Date.now());
});

afterAll(async () => {
  await viewer?.close();
  await server?.dispose();
  await edge?.close();
  await s3?.close();
});

const multivariantUrl = () => `${storeUrl}${webinar.webinarId}/multivariant.m3u8`;

it('the server starts without a warning about the store', () => {
  expect(server.log()).not.toContain('cannot play from hls.storeUrl');
});

it('what lies in the store is a stream that the checker finds no error in', async () => {
  await waitFor('the program in the store', async () => (await fetch(multivariantUrl())).ok, {
    deadlineMs: wholePathDeadlineMs,
  });
  const report = await checkStream({ url: multivariantUrl(), seconds: 12, clock: systemClock });
  // A store gives one encoding to everybody, whatever they accept: rules 73 and 75 are for servers that choose.
  const errors = report.findings.filter(({ severity, rule }) => severity === 'E' && rule !== 73 && rule !== 75);
  expect(errors).toEqual([]);
});

it('the page goes on from the store when the edge dies, and comes back with it', async () => {
  expect((await viewer.debug()).isFallback).toBe(false);
  await edge.close();
  await waitFor('the page to go to the store', async () => (await viewer.debug()).isFallback, {
    deadlineMs: recoveryDeadlineMs,
  });
  await playsAgain(viewer, Date.now());
  expect(await viewer.debug()).toMatchObject({ isFallback: true });
  await viewer.page.getByText('Backup stream').waitFor();
  edge = await startVarnishEdge(originUrl, { port: edge.port });
  await waitFor('the page to come back', async () => !(await viewer.debug()).isFallback, {
    deadlineMs: recoveryDeadlineMs,
  });
  await playsAgain(viewer, Date.now());
  await waitFor('the page to be as near as before', async () => ((await viewer.debug()).latencyMs ?? 99_999) < 5000, {
    deadlineMs: recoveryDeadlineMs,
  });
  expect((await viewer.debug()).isFallback).toBe(false);
});

it('a webinar that becomes private is taken out of the store', async () => {
  const url = new URL(smallestVideoUri(await readPlaylist(multivariantUrl())), multivariantUrl()).href;
  const segment = /^\d+\.m4s$/m.exec(await readPlaylist(url))![0];
  const there = [multivariantUrl(), url, new URL(segment, url).href];
  for (const one of there) expect((await fetch(one)).status).toBe(200);
  const { status } = await callApi(server, 'PUT', `/api/webinars/${webinar.webinarId}/visibility`, {
    body: { visibility: 'private' },
  });
  expect(status).toBe(200);
  for (const one of there)
    await waitFor('the program to be gone', async () => !(await fetch(one)).ok, { deadlineMs: wholePathDeadlineMs });
});

it('a store that is not usable stops the start, and says why', async () => {
  const started = startRostrumServer({
    env: {
      ROSTRUM_TURN_ENABLED: 'false',
      ROSTRUM_HLS_STORE_BUCKET: 'no-such-bucket',
      ROSTRUM_HLS_STORE_URL: storeUrl,
      ROSTRUM_S3_ENDPOINT: s3.endpoint,
      ROSTRUM_S3_ACCESS_KEY_ID: s3.config.accessKeyId,
      ROSTRUM_S3_SECRET_ACCESS_KEY: s3.config.secretAccessKey,
      ROSTRUM_S3_FORCE_PATH_STYLE: 'true',
    },
  });
  await expect(started).rejects.toThrow(/exit 2[\s\S]*There is no such bucket/);
});
