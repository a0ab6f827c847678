/** SIGKILL of the server and all its processes at a random moment of a live event: what the recording misses afterwards. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { downloadRecording, verifyRecording, waitForRecording } from '../../test/support/finished-recording.ts';
import { type ParsedPlaylist } from '../../test/support/hls-playlist-parser.ts';
import { killAll, processTree } from '../../test/support/processes.ts';
import { startRostrumServer } from '../../test/support/rostrum-server.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type BenchContext } from './bench.ts';
import { findVideoPlaylist, listedUntilMs, readPlaylist } from './hls-reader.ts';
import { countVideoFrames } from './video-frames.ts';
import { startRecordedEvent } from './recorded-event.ts';

export interface KillLoss {
  /** Program time at the kill: wall time of the kill minus that of program frame 0. */
  readonly producedMs: number;
  /** Video that can be decoded from the recording that was finished after the restart. */
  readonly recordedMs: number;
  /** What was composed and is not in the recording, frames still inside the encoder and the open part included. */
  readonly lossMs: number;
  /** What a viewer could have fetched and is not in the recording; 0 when everything published is there. */
  readonly listedLossMs: number;
  /** From the start of the second life to a finished recording. */
  readonly recoveredAfterMs: number;
}

const frameMs = 1000 / 30;
/** The kill falls this long after the first part, ms: several segments, and any phase of one. */
const killAfterMs = { min: 5000, max: 15_000 } as const;

/** @throws Error when the event could not be killed, or its recording is not finished and verified after a restart */
export async function measureKill(context: BenchContext): Promise<KillLoss> {
  const directory = mkdtempSync(path.join(tmpdir(), 'rostrum-bench-kill-'));
  context.defer(() => rmSync(directory, { recursive: true, force: true }));
  const dataDir = path.join(directory, 'data');
  const { server, webinarId, person } = await startRecordedEvent(context, dataDir);
  const playlistUrl = await waitFor('a playlist', () => findVideoPlaylist(server.baseUrl, webinarId));
  const frameZeroMs = await waitFor('a dated segment', async () => firstDateMs(await readPlaylist(playlistUrl)));
  await delay(randomInt(killAfterMs.min, killAfterMs.max), undefined, { signal: context.signal });
  const pids = processTree(server.pid).map((info) => info.pid);
  const listedMs = listedUntilMs(await readPlaylist(playlistUrl));
  killAll(pids);
  const killedAtMs = Date.now();
  await server.killTree();
  await Promise.all([server.dispose(), person.close()]);

  const restartMs = performance.now();
  const successor = await startRostrumServer({ dataDir });
  context.defer(() => successor.dispose());
  const { recordingId } = await waitForRecording(successor, webinarId);
  const recoveredAfterMs = Math.round(performance.now() - restartMs);
  const verified = await verifyRecording(successor, recordingId);
  if (!verified.ok) throw new Error(`The recording is damaged: ${JSON.stringify(verified.problems)}`);
  const file = path.join(directory, 'recording.mp4');
  await downloadRecording(successor, recordingId, file);
  await successor.dispose();
  const recordedMs = Math.round((await countVideoFrames(file)) * frameMs);
  rmSync(directory, { recursive: true, force: true });
  return {
    producedMs: killedAtMs - frameZeroMs,
    recordedMs,
    lossMs: killedAtMs - frameZeroMs - recordedMs,
    listedLossMs: Math.max(0, Math.round((listedMs ?? frameZeroMs) - frameZeroMs - recordedMs)),
    recoveredAfterMs,
  };
}

/** Wall time of program frame 0: the first segment begins with it. */
function firstDateMs({ mediaSequenceNumber, segments, open }: ParsedPlaylist): number | undefined {
  if (mediaSequenceNumber !== 0) throw new Error('The first segment is not listed any more.');
  return (segments[0] ?? open)?.programDateTimeMs;
}
