/** The viewer page in a real Chromium, read pixel by pixel and sample by sample. */
import { type Page } from 'playwright-core';
import { type TestBrowser, launchBrowser } from './browser.ts';
import { type PatternReading, patternPageScript, tonePower } from './pattern/index.ts';

/** Tiles of the 1280x720 spotlight layout, as fractions of the picture. */
export const programTiles = {
  /** The large tile beside a strip. */
  stage: { x: 0, y: 90 / 720, width: 960 / 1280, height: 540 / 720 },
  /** The large tile of somebody who is alone. */
  alone: { x: 160 / 1280, y: 90 / 720, width: 960 / 1280, height: 540 / 720 },
  /** The only thumbnail of two people. */
  thumbnail: { x: 960 / 1280, y: 270 / 720, width: 320 / 1280, height: 180 / 720 },
} as const;

export type ProgramTile = keyof typeof programTiles;

/** Part of the picture, in fractions of its sides. */
export interface PictureRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ViewerDebug {
  readonly latencyMs: number | null;
  /** Program time of the picture on screen, ms since the Unix epoch. */
  readonly programWallMs: number | null;
  /** Behind live on purpose; null at live. */
  readonly behindSec: number | null;
  readonly stallCount: number;
  readonly state: string;
  /** True while the program comes from the store. */
  readonly isFallback: boolean;
  readonly errors: readonly string[];
}

export interface Viewer {
  readonly page: Page;
  readonly browser: TestBrowser;
  /** What a tile of the picture on the screen shows now. */
  tile(tile: ProgramTile): Promise<PatternReading | undefined>;
  /** 0..255 each. */
  meanColour(rect: PictureRect): Promise<{ readonly r: number; readonly g: number; readonly b: number }>;
  /** Power of a tone in the last third of a second that was heard, dBFS. */
  toneDb(frequencyHz: number): Promise<number>;
  debug(): Promise<ViewerDebug>;
  currentTimeSec(): Promise<number>;
  close(): Promise<void>;
}

const analyserSampleCount = 16_384;

const listenScript = `
  globalThis.heardSamples = async () => {
    const video = document.querySelector('video');
    if (!globalThis.ear || globalThis.ear.video !== video) {
      const context = new AudioContext({ sampleRate: 48000 });
      const analyser = context.createAnalyser();
      analyser.fftSize = ${analyserSampleCount};
      context.createMediaElementSource(video).connect(analyser);
      globalThis.ear = { video, context, analyser };
    }
    const samples = new Float32Array(${analyserSampleCount});
    globalThis.ear.analyser.getFloatTimeDomainData(samples);
    return [...samples];
  };
`;

const colourScript = `
  globalThis.meanColour = (rect) => {
    const video = document.querySelector('video');
    const { videoWidth, videoHeight } = video;
    if (videoWidth === 0) return { r: 0, g: 0, b: 0 };
    const canvas = (globalThis.colourCanvas ??= new OffscreenCanvas(videoWidth, videoHeight));
    if (canvas.width !== videoWidth) Object.assign(canvas, { width: videoWidth, height: videoHeight });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, videoWidth, videoHeight);
    const box = [rect.x * videoWidth, rect.y * videoHeight, rect.width * videoWidth, rect.height * videoHeight];
    const { data } = context.getImageData(...box.map(Math.round));
    const sum = [0, 0, 0];
    for (let at = 0; at < data.length; at++) if (at % 4 < 3) sum[at % 4] += data[at];
    const [r, g, b] = sum.map((value) => value / (data.length / 4));
    return { r, g, b };
  };
`;

export function viewerDebug(page: Page): Promise<ViewerDebug> {
  return page.evaluate(`(({ latencyMs, programWallMs, behindSec, stallCount, state, isFallback, hlsErrors }) => ({
    latencyMs, programWallMs, behindSec, stallCount, state, isFallback, errors: hlsErrors.map((error) => JSON.stringify(error)),
  }))(rostrumViewer)`);
}

export async function openViewer(url: string): Promise<Viewer> {
  const browser = await launchBrowser();
  const page = await browser.context.newPage();
  await page.addInitScript({ content: patternPageScript + listenScript + colourScript });
  await page.goto(url);
  return {
    page,
    browser,
    tile: (tile) =>
      page.evaluate(`readPatternFromVideo(document.querySelector('video'), ${JSON.stringify(programTiles[tile])})`),
    meanColour: (rect) => page.evaluate(`meanColour(${JSON.stringify(rect)})`),
    async toneDb(frequencyHz) {
      const samples = await page.evaluate<number[]>('heardSamples()');
      return 10 * Math.log10(tonePower(samples, 48_000, frequencyHz) + 1e-12);
    },
    debug: () => viewerDebug(page),
    currentTimeSec: () => page.evaluate('document.querySelector("video").currentTime'),
    close: () => browser.close(),
  };
}
