/** A person on stage in a real Chromium: a camera with their identity pattern, a microphone with their tone. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Page } from 'playwright-core';
import { randomId } from '../../src/core/ids.ts';
import { type RostrumStageDebug } from '../../web/src/stage/debug.ts';
import { type BrowserOptions, type TestBrowser, launchBrowser } from './browser.ts';
import { writeCameraFile, writeMicrophoneFile } from './pattern/index.ts';
import { waitFor } from './wait-for.ts';

export interface PersonOptions {
  readonly name: string;
  /** 0..15, shown by the camera. */
  readonly identity: number;
  readonly toneHz: number;
  /** Stage link with its token. */
  readonly url: string;
  /** Frames of the camera file, which then starts over. 300 by default. */
  readonly frameCount?: number;
  /** 360 by default, of which Chromium sends two sizes only. */
  readonly cameraHeightPx?: 360 | 720;
  /** Of an earlier browser of that person. */
  readonly storageState?: BrowserOptions['storageState'];
  /** Runs when the page is open and nothing but the click on Join is left. */
  readonly beforeJoin?: () => Promise<void>;
}

export interface StagePerson {
  readonly name: string;
  readonly identity: number;
  readonly toneHz: number;
  readonly page: Page;
  readonly browser: TestBrowser;
  /** Falls silent or speaks, as people do: the microphone stays on. */
  speak(isSpeaking: boolean): Promise<void>;
  press(button: string): Promise<void>;
  /** Comes back after having left, through the same doors. */
  rejoin(): Promise<void>;
  stats(): ReturnType<RostrumStageDebug['stats']>;
  close(): Promise<void>;
}

const joinDeadlineMs = 30_000;

/** The recorded tone passes a gain that the test holds; noise suppression would take a steady tone for noise. */
const voiceScript = `
  const realGetUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const voice = { isSpeaking: true, gains: new Set() };
  globalThis.setSpeaking = (isSpeaking) => {
    voice.isSpeaking = isSpeaking;
    for (const gain of voice.gains) gain.gain.value = isSpeaking ? 1 : 0;
  };
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    if (!constraints.audio) return realGetUserMedia(constraints);
    const audio = { ...constraints.audio, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await realGetUserMedia({ ...constraints, audio });
    const context = new AudioContext({ sampleRate: 48000 });
    const gain = context.createGain();
    gain.gain.value = voice.isSpeaking ? 1 : 0;
    voice.gains.add(gain);
    const destination = context.createMediaStreamDestination();
    destination.channelCount = 1;
    context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(gain).connect(destination);
    return new MediaStream([...destination.stream.getAudioTracks(), ...stream.getVideoTracks()]);
  };
`;

/** Opens the link, joins, and resolves when the stage runs. */
export async function joinStage(options: PersonOptions): Promise<StagePerson> {
  const { name, identity, toneHz, url } = options;
  const stem = path.join(tmpdir(), `rostrum-person-${randomId()}`);
  const cameraFile = `${stem}.y4m`;
  const microphoneFile = `${stem}.wav`;
  const height = options.cameraHeightPx ?? 360;
  const size = { width: (height * 16) / 9, height };
  await writeCameraFile(cameraFile, { identity, frameCount: options.frameCount ?? 300, ...size });
  writeMicrophoneFile(microphoneFile, { frequencyHz: toneHz });
  const removeFiles = () => [cameraFile, microphoneFile].forEach((file) => rmSync(file, { force: true }));
  const browser = await launchBrowser({
    cameraFile,
    microphoneFile,
    ...(options.storageState && { storageState: options.storageState }),
  });
  const page = await browser.context.newPage();
  const close = async () => {
    await browser.close();
    removeFiles();
  };
  try {
    await page.addInitScript({ content: voiceScript });
    await page.goto(url);
    await enter(page, name, options.beforeJoin);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name,
    identity,
    toneHz,
    page,
    browser,
    speak: (isSpeaking) => page.evaluate(`setSpeaking(${isSpeaking})`),
    press: (button) => page.getByRole('button', { name: button, exact: true }).click(),
    async rejoin() {
      await page.getByRole('button', { name: 'Join again' }).click();
      await enter(page, name);
    },
    stats: () => page.evaluate('rostrumStage.stats()'),
    close,
  };
}

async function enter(page: Page, name: string, beforeJoin?: () => Promise<void>): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await beforeJoin?.();
  await page.getByRole('button', { name: 'Join the stage' }).click();
  await waitFor('the stage to be joined', async () => (await page.evaluate('rostrumStage.state')) === 'joined', {
    deadlineMs: joinDeadlineMs,
  });
}
