/** Waits for a recording to be finished and gets its file the way a compliance officer would: through a link. */
import { writeFileSync } from 'node:fs';
import { callApi } from './api.ts';
import { type RostrumServer } from './rostrum-server.ts';
import { waitFor } from './wait-for.ts';

export interface FinishedRecording {
  readonly recordingId: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- judged field by field in the tests
  readonly detail: any;
}

/** The only recording of that webinar, or the newest. */
export async function waitForRecording(
  server: RostrumServer,
  webinarId: string,
  deadlineMs = 60_000,
): Promise<FinishedRecording> {
  const recordingId = await waitFor(
    'the recording to be ready',
    async () => {
      const { body } = await callApi(server, 'GET', '/api/recordings');
      const entry = body.recordings.find((candidate: { webinarId: string }) => candidate.webinarId === webinarId);
      if (entry?.state === 'failed') throw new Error(`failed: ${entry.failureCode}`);
      return entry?.state === 'ready' ? (entry.recordingId as string) : undefined;
    },
    { deadlineMs, intervalMs: 200 },
  );
  return { recordingId, detail: (await callApi(server, 'GET', `/api/recordings/${recordingId}`)).body };
}

export async function downloadRecording(server: RostrumServer, recordingId: string, file: string): Promise<void> {
  const link = await callApi(server, 'POST', `/api/recordings/${recordingId}/links`, { body: { purpose: 'download' } });
  const response = await fetch(`${server.baseUrl}${link.body.url}`);
  if (response.status !== 200) throw new Error(`download answered ${response.status}`);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
}
