/** Captions and marks through a whole server: by the API while a host speaks, on a viewer's screen, and in the recording. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RecordingDetail } from '../../src/app/webinars/recording-view.ts';
import { type CaptionsAdded } from '../../src/signaling/protocol/index.ts';
import { callApi, goLive, type WebinarLinks } from '../support/api.ts';
import { verifyRecording, waitForRecording } from '../support/finished-recording.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { joinStage, type StagePerson } from '../support/stage-person.ts';
import { openViewer, type Viewer } from '../support/viewer-page.ts';
import { waitFor } from '../support/wait-for.ts';
import { parseWebVtt } from '../support/webvtt-parser.ts';

const deadlineMs = 60_000;
let server: RostrumServer;
let webinarId: string;
let host: StagePerson;
let viewer: Viewer;

beforeAll(async () => {
  server = await startRostrumServer({
    env: { ROSTRUM_MIXER_LADDER: '640x360:1000000', ROSTRUM_MIXER_ADMISSION: 'skip' },
    readyDeadlineMs: 60_000,
  });
  const captions = [{ tag: 'en', name: 'English' }];
  const created = await callApi<{ webinarId: string; links: WebinarLinks }>(server, 'POST', '/api/webinars', {
    body: { title: 'With captions', captions },
  });
  webinarId = created.body.webinarId;
  host = await joinStage({ name: 'Ada', identity: 3, toneHz: 440, url: created.body.links.host, frameCount: 150 });
  await goLive(server, webinarId, true);
  viewer = await openViewer(created.body.links.viewer);
}, 120_000);

afterAll(async () => {
  await Promise.all([host?.close(), viewer?.close()]);
  await server?.dispose();
});

it('a captioner writes, a viewer reads and sees who speaks, and the recording has it all', async () => {
  const api = `/api/webinars/${webinarId}`;
  const invite = await callApi<{ token: string }>(server, 'POST', `${api}/invites`, {
    body: { role: 'captioner', name: 'Cleo' },
  });
  await viewer.page.getByLabel('Captions').selectOption('en', { timeout: deadlineMs });
  const cue = { language: 'en', text: 'Good morning, <everybody>.', startAtMs: 'now', durationMs: 4000 };
  const { status, body } = await callApi<CaptionsAdded>(server, 'POST', `${api}/captions`, {
    apiKey: invite.body.token,
    body: { cues: [cue] },
  });
  expect(status).toBe(201);
  const slide = { type: 'slide', number: 1, title: 'Welcome' };
  expect((await callApi(server, 'POST', `${api}/marks`, { body: slide })).status).toBe(201);
  const onScreen = () =>
    viewer.page.evaluate<string[]>(`[...document.querySelector('video').textTracks]
      .filter(({ kind, mode }) => kind !== 'metadata' && mode === 'showing')
      .flatMap(({ activeCues }) => [...(activeCues ?? [])].map(({ text }) => text))`);
  await waitFor('the caption', async () => (await onScreen()).some((text) => text.includes('Good morning')), {
    deadlineMs,
  });
  const spoken = () => viewer.page.locator('.spoken').allTextContents();
  await waitFor('speaker and slide', async () => (await spoken()).join() === 'Speaking: Ada,Slide: 1. Welcome', {
    deadlineMs,
  });
  await goLive(server, webinarId, false);

  const recording = await waitForRecording(server, webinarId, deadlineMs);
  expect(recording.captions).toEqual([{ language: 'en', name: 'English' }]);
  expect(await verifyRecording(server, recording.recordingId)).toMatchObject({ ok: true, problems: [] });
  const link = await callApi<{ url: string }>(server, 'POST', `/api/recordings/${recording.recordingId}/links`, {
    body: { purpose: 'play' },
  });
  const captionsUrl = link.body.url.replace('recording.mp4', 'captions/en.vtt');
  const file = await fetch(`${server.baseUrl}${captionsUrl}`);
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/vtt; charset=utf-8']);
  const { cues } = parseWebVtt(await file.text());
  expect(cues.map(({ lines }) => lines)).toEqual([['Good morning, <everybody>.']]);
  // In recording time: as far behind the first picture as it was in program time.
  const { startAtMs } = body.cues[0]!;
  const playing = (await callApi<RecordingDetail>(server, 'GET', `/api/recordings/${recording.recordingId}`)).body;
  expect(cues[0]!.startMs).toBeGreaterThan(0);
  expect(playing.startedAtMs + cues[0]!.startMs).toBeLessThanOrEqual(startAtMs + 1);
}, 180_000);
