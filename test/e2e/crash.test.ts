/** What survives: kill -9 of the recorder and of everything, and an orderly stop in the middle of an event. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebinar, goLive, stateOf } from '../support/api.ts';
import { decodeLuma, decodeSamples } from '../support/decode-media.ts';
import { downloadRecording, verifyRecording, waitForRecording } from '../support/finished-recording.ts';
import { listedSec, readPlaylist, videoPlaylistUrl } from '../support/hls-client.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor } from '../support/wait-for.ts';

/** One part: what was being written when everything stopped. */
const partSec = 0.342;

let folder: string;
let servers: RostrumServer[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-crash-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function startServer(): Promise<RostrumServer> {
  const env = { ROSTRUM_API_KEY: 'a-key-for-both-lives-of-it' };
  const server = await startRostrumServer({ dataDir: path.join(folder, 'data'), env });
  servers.push(server);
  return server;
}

/** Live, and `seconds` of it published. */
async function startEvent(server: RostrumServer, seconds: number): Promise<{ webinarId: string; playlistUrl: string }> {
  const { webinarId } = await createWebinar(server, 'Crash');
  await goLive(server, webinarId, true);
  const playlistUrl = await waitFor('the first segment', () => videoPlaylistUrl(server, webinarId));
  await waitFor(`${seconds} s of program`, async () => listedSec(await readPlaylist(playlistUrl)) >= seconds);
  return { webinarId, playlistUrl };
}

async function judgeFile(server: RostrumServer, recordingId: string, durationSec: number): Promise<void> {
  const file = path.join(folder, 'recording.mp4');
  await downloadRecording(server, recordingId, file);
  const pictures = await decodeLuma(file, { width: 64, height: 36 });
  expect(Math.abs(pictures.length - durationSec * 30), 'pictures').toBeLessThanOrEqual(2);
  const samples = await decodeSamples(file);
  expect(Math.abs(samples.length / 48_000 - durationSec), 'seconds of sound').toBeLessThan(0.1);
  expect(await verifyRecording(server, recordingId)).toMatchObject({ ok: true });
}

describe('kill -9 of the whole tree in the middle of an event', () => {
  it('loses at most the part being written, and the next start finishes the recording by itself', async () => {
    const first = await startServer();
    const { webinarId, playlistUrl } = await startEvent(first, 5);
    const publishedSec = listedSec(await readPlaylist(playlistUrl));
    await first.killTree();
    const second = await startServer();
    const { recordingId, durationMs } = await waitForRecording(second, webinarId);
    const durationSec = (durationMs ?? 0) / 1000;
    expect(durationSec).toBeGreaterThanOrEqual(publishedSec - partSec);
    await judgeFile(second, recordingId, durationSec);
    expect(await stateOf(second, webinarId)).toBe('idle');
  });
});

describe('kill -9 of the recorder in the middle of an event', () => {
  it('loses nothing: the recording is as long as the program and has no gap', async () => {
    const server = await startServer();
    const { webinarId, playlistUrl } = await startEvent(server, 3);
    const [recorderPid] = server.pidsOf('recorder');
    process.kill(recorderPid!, 'SIGKILL');
    await waitFor('another recorder', () => server.pidsOf('recorder').some((pid) => pid !== recorderPid));
    await waitFor('more program', async () => listedSec(await readPlaylist(playlistUrl)) >= 7);
    await goLive(server, webinarId, false);
    const publishedSec = listedSec(await readPlaylist(playlistUrl));
    const { recordingId, durationMs, gaps } = await waitForRecording(server, webinarId);
    const durationSec = (durationMs ?? 0) / 1000;
    expect(gaps).toEqual([]);
    expect(Math.abs(durationSec - publishedSec)).toBeLessThan(0.05);
    await judgeFile(server, recordingId, durationSec);
  });
});

describe('an orderly stop in the middle of an event', () => {
  it('ends the event, and the recording is complete after the next start at the latest', async () => {
    const first = await startServer();
    const { webinarId, playlistUrl } = await startEvent(first, 3);
    const publishedSec = listedSec(await readPlaylist(playlistUrl));
    await first.stop(30_000);
    const second = await startServer();
    const { recordingId, durationMs } = await waitForRecording(second, webinarId);
    const durationSec = (durationMs ?? 0) / 1000;
    expect(durationSec).toBeGreaterThanOrEqual(publishedSec);
    await judgeFile(second, recordingId, durationSec);
  });
});
