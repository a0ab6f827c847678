/** Going back over HTTP: segments out of files are what they were out of memory, and the checker finds nothing. */
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { FileDvrStore } from '../../../src/hls/dvr/file-dvr-store.ts';
import { checkStream, createDvrStore } from '../../../src/hls/index.ts';
import { parseMediaPlaylist } from '../../support/hls-playlist-parser.ts';
import { startRequest } from '../../support/hls-http.ts';
import { LiveTestProgram } from '../../support/live-test-program.ts';
import { waitFor } from '../../support/wait-for.ts';

let directory: string;
let live: LiveTestProgram | undefined;
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(tmpdir(), 'rostrum-dvr-')), 'session-1');
});
afterEach(async () => {
  await live?.close();
  live = undefined;
  rmSync(path.dirname(directory), { recursive: true, force: true });
});

const get = (port: number, target: string) => startRequest(port, target).reply;
const folder = '/hls/webinar-1/session-1/video';

/** Half a minute is there already. */
async function start(): Promise<LiveTestProgram> {
  const dvr = { dvrWindowSec: 120, dvrStore: createDvrStore(directory) };
  live = await LiveTestProgram.start({ windowSec: 12, hasCaptions: true, ...dvr }, 29.1);
  return live;
}

it('a segment has the same bytes and ETag out of its file as out of memory; one that is gone from the disk is not found', async () => {
  const { server, program } = await start();
  const ask = () => get(server.port, `${folder}/0.m4s`);
  const before = await ask();
  const { segments } = program.program.window('video')!;
  await waitFor('the segment to be on disk', () => Promise.resolve(segments[0]!.isStored));
  const after = await ask();
  expect(after.status).toBe(200);
  expect(after.body.equals(before.body)).toBe(true);
  expect(after.headers.etag).toBe(before.headers.etag);
  rmSync(path.join(directory, 'video/0.m4s'));
  expect((await ask()).status).toBe(404);
});

it('a segment that the disk does not give is refused with a code, and the next one is given', async () => {
  const { server, program } = await start();
  const { segments } = program.program.window('video')!;
  await waitFor('the segments to be on disk', () => Promise.resolve(segments[1]!.isStored));
  const file = path.join(directory, 'video/0.m4s');
  rmSync(file);
  writeFileSync(path.join(directory, 'video/other'), '');
  // A file where a folder should be: an error that root meets, too.
  symlinkSync(path.join(directory, 'video/other/x'), file);
  const refused = await get(server.port, `${folder}/0.m4s`);
  expect(refused.status).toBe(503);
  expect(JSON.parse(refused.body.toString())).toMatchObject({ error: { code: 'HLS_DVR_UNREADABLE' } });
  expect((await get(server.port, `${folder}/1.m4s`)).status).toBe(200);
});

it('the checker finds no error in a playlist that goes back to the start, and all of it can be had', async () => {
  const { url, server, program } = await start();
  const report = await checkStream({ url, seconds: 8, clock: systemClock });
  expect(report.findings.filter(({ severity }) => severity === 'E')).toEqual([]);
  const playlist = parseMediaPlaylist((await get(server.port, `${folder}/media.m3u8`)).body.toString());
  expect(playlist.segments[0]!.mediaSequenceNumber).toBe(0);
  expect(program.program.window('video')!.segments.some(({ isStored }) => isStored)).toBe(true);
  for (const { mediaSequenceNumber } of playlist.segments.slice(0, -1))
    expect((await get(server.port, `${folder}/${mediaSequenceNumber}.m4s`)).status).toBe(200);
});

it('nothing is left of a program that is closed', async () => {
  const { program } = await start();
  await waitFor(
    'files',
    async () => existsSync(directory) && (await readdir(directory, { recursive: true })).length > 10,
  );
  live!.end();
  program.program.close();
  await waitFor('no files', () => Promise.resolve(!existsSync(directory)));
});

it('a disk that is nearly full takes nothing', async () => {
  const store = new FileDvrStore(directory, { share: 1, maxBytes: Infinity });
  const put = store.put({ renditionId: 'video', mediaSequenceNumber: 0 }, [new Uint8Array(10)]);
  await expect(put).rejects.toMatchObject({ code: 'HLS_DVR_DISK_FULL' });
});
