/** An event of some minutes, and the time from its end to a download that works. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RecordingSummary } from '../../src/app/webinars/recording-view.ts';
import { callApi, goLive } from '../../test/support/api.ts';
import { downloadRecording } from '../../test/support/finished-recording.ts';
import { type RostrumServer } from '../../test/support/rostrum-server.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type BenchContext } from './bench.ts';
import { round } from './percentiles.ts';
import { startRecordedEvent } from './recorded-event.ts';
import { countVideoFrames } from './video-frames.ts';

export interface Availability {
  /** From sending `live:false` to a 206 answer on the download link. */
  readonly availableAfterEndMs: number;
  /** Of the same request: its own answer. */
  readonly endAnswerMs: number;
  readonly eventMinutes: number;
  readonly recordedSec: number;
  readonly sizeBytes: number;
}

/** What asking again may add to the figure. */
const pollMs = 20;
const deadlineMs = 300_000;
const frameRate = 30;
/** The recording must hold the whole event but for what the end itself takes. */
const maxMissingSec = 1;

/** @throws Error when the recording cannot be downloaded or is shorter than the event */
export async function measureAvailability(context: BenchContext, minutes: number): Promise<Availability> {
  const directory = mkdtempSync(path.join(tmpdir(), 'rostrum-bench-end-'));
  context.defer(() => rmSync(directory, { recursive: true, force: true }));
  const { server, webinarId, person } = await startRecordedEvent(context, path.join(directory, 'data'));
  const recordingId = await recordingOf(server, webinarId);
  context.note(`live for ${minutes} minute(s)`);
  await delay(minutes * 60_000, undefined, { signal: context.signal });
  const startMs = performance.now();
  const end = goLive(server, webinarId, false).then(() => performance.now() - startMs);
  // Met below; a recording that does not come says more.
  end.catch(() => undefined);
  const sizeBytes = await waitFor('a download link that works', () => tryDownload(server, recordingId), {
    deadlineMs,
    intervalMs: pollMs,
  });
  const availableAfterEndMs = Math.round(performance.now() - startMs);
  const endAnswerMs = Math.round(await end);
  await person.close();
  const file = path.join(directory, 'recording.mp4');
  await downloadRecording(server, recordingId, file);
  await server.stop();
  const recordedSec = (await countVideoFrames(file)) / frameRate;
  if (recordedSec < minutes * 60 - maxMissingSec)
    throw new Error(`The recording holds ${recordedSec.toFixed(1)} s of an event of ${minutes * 60} s.`);
  return { availableAfterEndMs, endAnswerMs, eventMinutes: minutes, recordedSec: round(recordedSec, 2), sizeBytes };
}

async function recordingOf(server: RostrumServer, webinarId: string): Promise<string> {
  const { body } = await callApi<{ recordings: RecordingSummary[] }>(server, 'GET', '/api/recordings');
  const entry = body.recordings.find((candidate) => candidate.webinarId === webinarId);
  if (entry === undefined) throw new Error('The live event has no recording.');
  return entry.recordingId;
}

/** The size of the whole file once its first byte can be had; undefined before. */
async function tryDownload(server: RostrumServer, recordingId: string): Promise<number | undefined> {
  const link = await callApi<{ url: string }>(server, 'POST', `/api/recordings/${recordingId}/links`, {
    body: { purpose: 'download' },
  });
  if (link.status !== 201) return undefined;
  const response = await fetch(`${server.baseUrl}${link.body.url}`, { headers: { range: 'bytes=0-1023' } });
  await response.arrayBuffer();
  const size = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return response.status === 206 && size !== undefined ? Number(size) : undefined;
}
