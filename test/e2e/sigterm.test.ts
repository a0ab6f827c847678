/** SIGTERM at any moment of a live event, to its mixer and to the server: what was made is there, and nobody is left behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebinar, goLive } from '../support/api.ts';
import { decodeLuma, decodeSamples } from '../support/decode-media.ts';
import { downloadRecording, verifyRecording, waitForRecording } from '../support/finished-recording.ts';
import { listedSec, readPlaylist, videoPlaylistUrl } from '../support/hls-client.ts';
import { type ParsedPlaylist, parseMediaPlaylist } from '../support/hls-playlist-parser.ts';
import { assertNoneLeft, processTree } from '../support/processes.ts';
import { programPids, spareIsReady } from '../support/program-pids.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor } from '../support/wait-for.ts';

const deadlineMs = 60_000;
/** Of mixing.md 6.12. */
const exitDeadlineMs = 15_000;
const lostAtMostMs = 1000;

let folder: string;
let servers: RostrumServer[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-sigterm-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function startServer(): Promise<RostrumServer> {
  const env = { ROSTRUM_API_KEY: 'a-key-for-both-lives-of-it', ROSTRUM_TURN_ENABLED: 'false' };
  const server = await startRostrumServer({ dataDir: path.join(folder, 'data'), env });
  servers.push(server);
  return server;
}

/** A player that holds one request after the other until the program has ended. */
async function followToTheEnd(playlistUrl: string): Promise<ParsedPlaylist> {
  for (let next = 0; ;) {
    const response = await fetch(`${playlistUrl}?_HLS_msn=${next}`, { signal: AbortSignal.timeout(deadlineMs) });
    const playlist = parseMediaPlaylist(await response.text());
    if (playlist.isEnded) return playlist;
    next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? -1) + 1;
  }
}

const endMsOf = ({ segments }: ParsedPlaylist): number =>
  segments.at(-1)!.programDateTimeMs! + segments.at(-1)!.durationSec! * 1000;

/** Resolves at a moment that is on no grid, within the next two seconds of the program. */
async function anyMoment(playlistUrl: string): Promise<void> {
  const waitSec = 2 * Math.random();
  console.log(`SIGTERM ${waitSec.toFixed(3)} s later`);
  const fromSec = listedSec(await readPlaylist(playlistUrl));
  const isThen = async () => listedSec(await readPlaylist(playlistUrl)) >= fromSec + waitSec;
  await waitFor('the moment', isThen, { deadlineMs, intervalMs: 7 });
}

describe('SIGTERM in the middle of an event', () => {
  it('to the mixer: it gives out what it has, leaves no process, and another one goes on', async () => {
    const server = await startServer();
    const { webinarId } = await createWebinar(server, 'Terminated mixer');
    await goLive(server, webinarId, true);
    const playlistUrl = await videoPlaylistUrl(server, webinarId);
    await spareIsReady(server);
    await anyMoment(playlistUrl);
    const { mixerPid } = await programPids(server);
    const pids = processTree(mixerPid).map(({ pid }) => pid);
    const killedMs = Date.now();
    process.kill(mixerPid, 'SIGTERM');
    const segments = await waitFor(
      'the program to go on',
      async () => {
        const all = parseMediaPlaylist(await readPlaylist(playlistUrl)).segments;
        return all.some(({ isDiscontinuity }) => isDiscontinuity) ? all : undefined;
      },
      { deadlineMs },
    );
    await assertNoneLeft([mixerPid, ...pids], exitDeadlineMs);
    const [before, after] = [
      segments[segments.findIndex(({ isDiscontinuity }) => isDiscontinuity) - 1]!,
      segments.find(({ isDiscontinuity }) => isDiscontinuity)!,
    ];
    const endMs = before.programDateTimeMs! + before.durationSec! * 1000;
    console.log(
      `the mixer's last picture: ${(endMs - killedMs).toFixed(0)} ms, its successor's first: ${(after.programDateTimeMs! - killedMs).toFixed(0)} ms after SIGTERM`,
    );
    expect(endMs).toBeGreaterThan(killedMs - lostAtMostMs);
    expect(await server.stop(exitDeadlineMs)).toMatchObject({ code: 0 });
  });

  it('to the server: exits in order within 15 s, viewers get the end of the playlist, and the last pictures are whole', async () => {
    const first = await startServer();
    const { webinarId } = await createWebinar(first, 'Terminated server');
    await goLive(first, webinarId, true);
    const playlistUrl = await videoPlaylistUrl(first, webinarId);
    await anyMoment(playlistUrl);
    const ended = followToTheEnd(playlistUrl);
    ended.catch(() => undefined);
    const killedMs = Date.now();
    // Fails when a process is left, too.
    expect(await first.stop(exitDeadlineMs)).toMatchObject({ code: 0, signal: null });
    const playlist = await ended;
    const publishedSec = playlist.segments.reduce((sum, { durationSec }) => sum + durationSec!, 0);
    console.log(
      `exit ${Date.now() - killedMs} ms, last picture ${(endMsOf(playlist) - killedMs).toFixed(0)} ms after SIGTERM`,
    );
    expect(endMsOf(playlist)).toBeGreaterThan(killedMs - lostAtMostMs);

    const second = await startServer();
    const { recordingId, durationMs } = await waitForRecording(second, webinarId);
    const durationSec = (durationMs ?? 0) / 1000;
    expect(durationSec).toBeGreaterThan(publishedSec - 0.05);
    const file = path.join(folder, 'recording.mp4');
    await downloadRecording(second, recordingId, file);
    const pictures = await decodeLuma(file, { width: 64, height: 36 });
    expect(Math.abs(pictures.length - durationSec * 30), 'pictures').toBeLessThanOrEqual(1);
    expect(Math.abs((await decodeSamples(file)).length / 48_000 - durationSec), 'seconds of sound').toBeLessThan(0.1);
    expect(await verifyRecording(second, recordingId)).toMatchObject({ ok: true });
  });
});
