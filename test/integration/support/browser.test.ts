/** The browser helper itself: Chromium shows our camera and plays our microphone, and leaves nothing behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestBrowser, launchBrowser } from '../../support/browser.ts';
import { patternPageScript, writeCameraFile, writeMicrophoneFile } from '../../support/pattern/index.ts';
import { processTree, isRunning } from '../../support/processes.ts';

let directory: string;
let browser: TestBrowser;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'rostrum-browser-'));
  const cameraFile = path.join(directory, 'camera.y4m');
  const microphoneFile = path.join(directory, 'microphone.wav');
  await writeCameraFile(cameraFile, { identity: 9, width: 320, height: 180, frameRate: 15, frameCount: 30 });
  writeMicrophoneFile(microphoneFile, { frequencyHz: 660, durationMs: 1000 });
  browser = await launchBrowser({ cameraFile, microphoneFile });
});
afterAll(async () => {
  await browser.close();
  rmSync(directory, { recursive: true });
});

describe('launchBrowser', () => {
  it('opens a page whose camera is the file, with a moving counter', async () => {
    const page = await browser.context.newPage();
    // Cameras need a secure origin; localhost is one.
    await page.route('http://localhost/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<video autoplay muted>' }),
    );
    await page.goto('http://localhost/');
    await page.evaluate(patternPageScript);
    const readings = await page.evaluate(showCamera);
    expect(new Set(readings.map((reading) => reading.identity))).toEqual(new Set([9]));
    expect(new Set(readings.map((reading) => reading.counter)).size).toBeGreaterThan(2);
    await page.close();
  });

  it('close leaves no process of it, called twice', async () => {
    const other = await launchBrowser();
    const pids = processTree(other.pid).map((info) => info.pid);
    expect(pids.length).toBeGreaterThan(1);
    await Promise.all([other.close(), other.close()]);
    expect(pids.filter(isRunning)).toEqual([]);
  });
});

/** Runs in the page: five readings of the camera picture. */
async function showCamera(): Promise<{ identity: number; counter: number }[]> {
  const page = globalThis as unknown as {
    navigator: { mediaDevices: { getUserMedia(constraints: object): Promise<unknown> } };
    document: { querySelector(selector: string): PageVideo };
    readPatternFromVideo(video: PageVideo): { identity: number; counter: number } | undefined;
  };
  interface PageVideo {
    srcObject: unknown;
    requestVideoFrameCallback(callback: () => void): void;
  }
  const video = page.document.querySelector('video');
  video.srcObject = await page.navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 180 }, audio: true });
  const readings: { identity: number; counter: number }[] = [];
  while (readings.length < 5) {
    await new Promise<void>((resolve) => video.requestVideoFrameCallback(resolve));
    const reading = page.readPatternFromVideo(video);
    if (reading !== undefined) readings.push(reading);
  }
  return readings;
}
