/** A broadcast that cannot start: the host is told, and the recordings page offers nothing that is not there. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordingSummary } from '../../src/app/webinars/recording-view.ts';
import { type ErrorBody, callApi, createWebinar, stateOf } from '../support/api.ts';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

/** Answers the questions of the start-up check and fails at everything else. */
const brokenFfmpeg = `#!/bin/sh
case "$*" in
  "-hide_banner -version" | "-hide_banner -encoders" | "-hide_banner -decoders") exec ffmpeg "$@" ;;
esac
exit 1
`;

let folder: string;
let server: RostrumServer;
let browser: TestBrowser;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-failed-start-'));
  const ffmpegPath = path.join(folder, 'ffmpeg');
  writeFileSync(ffmpegPath, brokenFfmpeg);
  chmodSync(ffmpegPath, 0o755);
  server = await startRostrumServer({
    env: { ROSTRUM_MIXER_FFMPEG_PATH: ffmpegPath, ROSTRUM_TURN_ENABLED: 'false' },
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('going live without a working encoder', () => {
  it('fails with a code, and leaves a recording without media: no link, no Play', async () => {
    const { webinarId } = await createWebinar(server, 'Never live');
    const path = `/api/webinars/${webinarId}/live`;
    const failed = await callApi<ErrorBody>(server, 'POST', path, { body: { live: true } });
    expect([failed.status, failed.body.error.code]).toEqual([500, 'WEBINAR_START_FAILED']);
    expect(await stateOf(server, webinarId)).toBe('idle');

    const recording = await waitFor(
      'the recording to be finished',
      async () => {
        const { body } = await callApi<{ recordings: RecordingSummary[] }>(server, 'GET', '/api/recordings');
        return body.recordings.find(({ state }) => state === 'empty');
      },
      { deadlineMs: wholePathDeadlineMs },
    );
    const links = `/api/recordings/${recording.recordingId}/links`;
    const link = await callApi<ErrorBody>(server, 'POST', links, { body: { purpose: 'play' } });
    expect([link.status, link.body.error.code]).toEqual([409, 'REC_NO_MEDIA']);

    const page = await browser.context.newPage();
    await page.goto(`${server.baseUrl}/recordings`);
    await page.getByLabel('API key').fill(server.apiKey);
    await page.getByRole('button', { name: 'Show recordings' }).click();
    const card = page.getByRole('listitem', { name: 'Never live' });
    await card.getByText('No media').waitFor();
    expect(await card.getByRole('button').count()).toBe(0);
    expect(await card.textContent()).not.toContain('0:00');
  });
});
