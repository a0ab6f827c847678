/** Waits for a recording to be finished and gets its file the way a compliance officer would: through a link. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type RecordingDetail, type RecordingSummary } from '../../src/app/webinars/recording-view.ts';
import { type RecordingManifest } from '../../src/recording/finishing/manifest.ts';
import { callApi } from './api.ts';
import { type RostrumServer } from './rostrum-server.ts';
import { waitFor } from './wait-for.ts';

/** The newest recording of that webinar. */
export async function waitForRecording(
  server: RostrumServer,
  webinarId: string,
  deadlineMs = 60_000,
): Promise<RecordingDetail> {
  const recordingId = await waitFor(
    'the recording to be ready',
    async () => {
      const { body } = await callApi<{ recordings: RecordingSummary[] }>(server, 'GET', '/api/recordings');
      const entry = body.recordings.find((candidate) => candidate.webinarId === webinarId);
      if (entry?.state === 'failed') throw new Error(`failed: ${entry.failureCode}`);
      return entry?.state === 'ready' ? entry.recordingId : undefined;
    },
    { deadlineMs, intervalMs: 200 },
  );
  return (await callApi<RecordingDetail>(server, 'GET', `/api/recordings/${recordingId}`)).body;
}

/** Its manifest, from the object store. */
export function readManifest(server: RostrumServer, { webinarId, recordingId }: RecordingSummary): RecordingManifest {
  const file = path.join(server.dataDir, 'objects/recordings', webinarId, recordingId, 'manifest.json');
  return JSON.parse(readFileSync(file, 'utf8')) as RecordingManifest;
}

export async function verifyRecording(
  server: RostrumServer,
  recordingId: string,
): Promise<{ ok: boolean; checkedCount: number; problems: unknown[] }> {
  const path = `/api/recordings/${recordingId}/verify`;
  return (await callApi<{ ok: boolean; checkedCount: number; problems: unknown[] }>(server, 'POST', path)).body;
}

export async function downloadRecording(server: RostrumServer, recordingId: string, file: string): Promise<void> {
  const path = `/api/recordings/${recordingId}/links`;
  const { body: link } = await callApi<{ url: string }>(server, 'POST', path, { body: { purpose: 'download' } });
  const response = await fetch(`${server.baseUrl}${link.url}`);
  if (response.status !== 200) throw new Error(`download answered ${response.status}`);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
}
