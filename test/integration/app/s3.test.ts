/** The object store against a real S3 server: what is put can be read, what is wrong is named, and a program goes through it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { checkStream, createHlsPush } from '../../../src/hls/index.ts';
import { ObjectDvrStore, probeObjectStore, type S3Config, S3ObjectStore } from '../../../src/app/object-store/index.ts';
import { parseMediaPlaylist } from '../../support/hls-playlist-parser.ts';
import { LiveTestProgram } from '../../support/live-test-program.ts';
import { type S3Server, startS3Server } from '../../support/s3-server.ts';
import { freeTcpPort } from '../../support/free-port.ts';
import { waitFor } from '../../support/wait-for.ts';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
  await s3.createBucket('programs', { publicPrefix: 'hls/' });
});
afterAll(() => s3?.close());

const soon = () => AbortSignal.timeout(10_000);
const object = (key: string, bytes: Uint8Array) => ({ key, bytes, contentType: 'video/mp4', cacheControl: 'no-store' });
const open = (bucket = 'programs', config: S3Config = s3.config) =>
  new S3ObjectStore(config, { bucket, prefix: 'hls/' });
const publicUrl = (key: string) => `${s3.endpoint}/programs/hls/${key}`;

describe('S3ObjectStore', () => {
  it('put gives readers the bytes with their headers, and replaces what was there', async () => {
    const store = open();
    const bytes = randomBytes(3_000_000);
    await store.put(object('a/b.m4s', randomBytes(10)), soon());
    await store.put({ ...object('a/b.m4s', bytes), contentEncoding: 'gzip' }, soon());
    expect(Buffer.from((await store.get('a/b.m4s', soon()))!).equals(bytes)).toBe(true);
    const head = await fetch(publicUrl('a/b.m4s'), { method: 'HEAD', headers: { Origin: 'https://page.example' } });
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-encoding': 'gzip',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    store.close();
  });

  it('get gives undefined for what is not there, and delete takes it without a word', async () => {
    const store = open();
    expect(await store.get('nothing', soon())).toBeUndefined();
    await store.put(object('something', randomBytes(10)), soon());
    await store.delete('something', soon());
    await store.delete('something', soon());
    expect(await store.get('something', soon())).toBeUndefined();
    store.close();
  });

  it('put ends when its signal aborts, also while a store takes everything and says nothing', async () => {
    const mute = createServer((request) => request.resume()).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const endpoint = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const store = open('programs', { ...s3.config, endpoint });
    const abort = new AbortController();
    const put = store.put(object('a', randomBytes(3_000_000)), abort.signal);
    await once(mute, 'request');
    abort.abort();
    await expect(put).rejects.toMatchObject({ code: 'STORE_REQUEST_FAILED', details: { operation: 'put', key: 'a' } });
    store.close();
    mute.closeAllConnections();
    mute.close();
  });
});

describe('probeObjectStore', () => {
  it('passes a store that can be written, read and deleted in, and leaves nothing behind', async () => {
    const store = open();
    const before = await keys();
    await probeObjectStore(store);
    expect(await keys()).toEqual(before);
    store.close();
  });

  async function keys(): Promise<string[]> {
    const { ListObjectsV2Command, S3Client } = await import('@aws-sdk/client-s3');
    const { accessKeyId, secretAccessKey, endpoint } = s3.config;
    const credentials = { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! };
    const client = new S3Client({ region: 'us-east-1', forcePathStyle: true, credentials, endpoint: endpoint! });
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'programs' }));
    client.destroy();
    return Contents.map(({ Key }) => Key!);
  }

  it('passes with exactly the permissions that the documentation names', async () => {
    await s3.createBucket('three', { limitedActions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'] });
    const store = open('three', s3.limited);
    await probeObjectStore(store);
    expect(
      await new ObjectDvrStore(store, 'session-1').get({ renditionId: 'video', mediaSequenceNumber: 1 }),
    ).toBeUndefined();
    store.close();
  });

  it.each([
    ['s3:PutObject', 'no-put'],
    ['s3:GetObject', 'no-get'],
    ['s3:DeleteObject', 'no-delete'],
  ])('names the permission that is missing: %s', async (permission, bucket) => {
    const limitedActions = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'].filter(
      (action) => action !== permission,
    );
    await s3.createBucket(bucket, { limitedActions, deniedActions: [permission] });
    const store = open(bucket, s3.limited);
    await expect(probeObjectStore(store)).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      fault: 'caller',
      message: expect.stringContaining(`lacks the permission ${permission} on s3://${bucket}/hls/*`) as string,
    });
    store.close();
  });

  it.each<[string, string, (config: S3Config) => S3Config, string]>([
    ['a bucket that is not there', 'no-such-bucket', (config) => config, 'There is no such bucket'],
    ['a wrong secret', 'programs', (config) => ({ ...config, secretAccessKey: 'wrong' }), 'correct s3.secretAccessKey'],
    ['an unknown key', 'programs', (config) => ({ ...config, accessKeyId: 'nobody' }), 'correct s3.accessKeyId'],
  ])('says what to correct for %s', async (_what, bucket, change, fix) => {
    const store = open(bucket, change(s3.config));
    await expect(probeObjectStore(store)).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      message: expect.stringContaining(fix) as string,
    });
    store.close();
  });

  it('says what to correct for an address where nothing answers', async () => {
    const store = open('programs', { ...s3.config, endpoint: `http://127.0.0.1:${await freeTcpPort()}` });
    await expect(probeObjectStore(store)).rejects.toMatchObject({
      message: expect.stringContaining('correct s3.endpoint') as string,
    });
    store.close();
  });
});

describe('ObjectDvrStore', () => {
  const segment = (mediaSequenceNumber: number) => ({ renditionId: 'video-720p', mediaSequenceNumber });

  it('gives another process what was put, drops one by one, and leaves nothing of a session', async () => {
    const objects = open();
    const [writer, reader] = [new ObjectDvrStore(objects, 'session-1'), new ObjectDvrStore(objects, 'session-1')];
    const [first, second] = [randomBytes(100_000), randomBytes(10)];
    await writer.put(segment(0), [first, second]);
    await writer.put(segment(1), [second]);
    expect(Buffer.from((await reader.get(segment(0)))!).equals(Buffer.concat([first, second]))).toBe(true);
    expect(await new ObjectDvrStore(objects, 'session-2').get(segment(0))).toBeUndefined();
    await writer.delete(segment(0));
    expect(await reader.get(segment(0))).toBeUndefined();
    expect(await reader.get(segment(1))).toBeDefined();
    await writer.clear();
    expect(await reader.get(segment(1))).toBeUndefined();
    objects.close();
  });
});

/** A store gives one encoding to everybody, whatever they accept: rules 73 and 75 are for servers that choose. */
const isOurError = ({ severity, rule }: { readonly severity: string; readonly rule: number }) =>
  severity === 'E' && rule !== 73 && rule !== 75;

describe('HlsPush into S3', () => {
  it('gives a stream that the checker finds no error in, with the numbers and bytes of the origin', async () => {
    const live = await LiveTestProgram.start({ windowSec: 20, hasCaptions: true, hasLadder: true }, 1);
    const common = { clock: systemClock, logger: silentLogger, metrics: new Metrics() };
    const push = createHlsPush({ ...common, store: open(), config: { windowSec: 20 } });
    try {
      push.follow(live.program.program, () => true);
      const url = publicUrl('webinar-1/multivariant.m3u8');
      await waitFor('the stream in the store', async () => (await fetch(url)).ok, { deadlineMs: 20_000 });
      const report = await checkStream({ url, seconds: 20, clock: systemClock });
      expect(report.findings.filter(isOurError)).toEqual([]);
      const folder = 'webinar-1/session-1/video';
      const pushed = parseMediaPlaylist(await (await fetch(publicUrl(`${folder}/media.m3u8`))).text());
      expect(pushed.segments.length).toBeGreaterThan(6);
      expect(pushed.segments.filter(({ isGap }) => isGap)).toEqual([]);
      const { mediaSequenceNumber } = pushed.segments.at(-1)!;
      const [there, here] = await Promise.all(
        [
          publicUrl(`${folder}/${mediaSequenceNumber}.m4s`),
          live.server.url(`/hls/${folder}/${mediaSequenceNumber}.m4s`),
        ].map(async (address) => Buffer.from(await (await fetch(address)).arrayBuffer())),
      );
      expect(there!.equals(here!)).toBe(true);
      live.end();
      live.program.program.close();
      const segmentUrl = publicUrl(`${folder}/${mediaSequenceNumber}.m4s`);
      for (const gone of [url, segmentUrl, publicUrl(`${folder}/media.m3u8`), publicUrl(`${folder}/init-0.mp4`)])
        await waitFor('everything to be taken out', async () => (await fetch(gone)).status !== 200, {
          deadlineMs: 20_000,
        });
    } finally {
      await live.close();
      await push.close();
    }
  });
});
