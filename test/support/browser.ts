/** A real Chromium for end-to-end tests: own profile, fake camera and microphone from files, gone for sure at the end. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { assertNoneLeft, killAll, processTree } from './processes.ts';

export interface BrowserOptions {
  /** .y4m file that getUserMedia shows as the camera (pattern/camera-file.ts); Chromium's own test picture by default. */
  readonly cameraFile?: string;
  /** .wav file that getUserMedia plays as the microphone (pattern/microphone-file.ts); Chromium's own beep by default. */
  readonly microphoneFile?: string;
  readonly extraArgs?: readonly string[];
  /** Cookies and local storage of another one (`context.storageState()`): the same profile, started again. */
  readonly storageState?: Awaited<ReturnType<BrowserContext['storageState']>>;
}

export interface TestBrowser {
  readonly browser: Browser;
  /** A fresh context: its own cookies and storage. */
  readonly context: BrowserContext;
  /** The browser's main process. */
  readonly pid: number;
  /** Resolves when no process of it is left. Idempotent. */
  close(): Promise<void>;
}

const baseArgs = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
];

const executablePaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const launchDeadlineMs = 30_000;
const closeDeadlineMs = 10_000;

/** Each call starts another Chromium, because the fake devices belong to the whole browser. */
export async function launchBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const executablePath = executablePaths.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('No Chromium: apt-get install chromium');
  const { cameraFile, microphoneFile, extraArgs = [], storageState } = options;
  const server = await chromium.launchServer({
    executablePath,
    // Playwright's own idea of headless is replaced by ours in `args`.
    headless: false,
    timeout: launchDeadlineMs,
    // Playwright would end this process on a signal, before servers and files are cleaned up.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      ...baseArgs,
      ...(cameraFile === undefined ? [] : [`--use-file-for-fake-video-capture=${cameraFile}`]),
      ...(microphoneFile === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphoneFile}`]),
      ...extraArgs,
    ],
  });
  const pid = server.process().pid;
  if (pid === undefined) throw new Error('Chromium has no process');
  let closing: Promise<void> | undefined;
  const close = async () => {
    const pids = processTree(pid).map((info) => info.pid);
    const timer = setTimeout(() => killAll(pids), closeDeadlineMs);
    await server.close();
    clearTimeout(timer);
    killAll(pids);
    await assertNoneLeft(pids);
  };
  try {
    const browser = await chromium.connect(server.wsEndpoint(), { timeout: launchDeadlineMs });
    const context = await browser.newContext({
      permissions: ['camera', 'microphone'],
      // Tests make their own certificates.
      ignoreHTTPSErrors: true,
      ...(storageState && { storageState }),
    });
    return { browser, context, pid, close: () => (closing ??= close()) };
  } catch (error) {
    await close();
    throw error;
  }
}
