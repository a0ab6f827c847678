/** The viewer page in a real Chromium, read picture by picture: which timecode is on the screen, and since when. */
import { openViewer, type ProgramTile, programTiles } from '../../test/support/viewer-page.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type Timecode } from './timecodes.ts';

export interface ViewerReading {
  readonly seen: Timecode[];
  /** Pictures in which no timecode could be read. */
  readonly unreadableCount: number;
  /** Pictures that were presented; more than were read when the page could not follow. */
  readonly presentedCount: number;
  readonly droppedCount: number;
  /** What a person would call stalls. */
  readonly stallCount: number;
  readonly playerErrors: readonly string[];
  /** Wall latency as the player itself tells it, once a second. */
  readonly playerLatenciesMs: number[];
}

export interface TimecodeViewer {
  /** Reads every picture for that long. */
  read(durationMs: number): Promise<ViewerReading>;
  close(): Promise<void>;
}

const firstPictureDeadlineMs = 30_000;

/** Reads a small copy of the tile: reading the whole picture back 30 times a second would keep a core busy. */
const readerScript = (identity: number, rect: object): string => `
  globalThis.timecodeReader = (() => {
    const video = document.querySelector('video');
    const rect = ${JSON.stringify(rect)};
    const [width, height] = [320, 180];
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    const start = () => {
      const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
      const { stallCount, hlsErrors } = rostrumViewer;
      return { totalVideoFrames, droppedVideoFrames, stallCount, errorCount: hlsErrors.length };
    };
    let state = { seen: [], unreadableCount: 0, firstPresented: undefined, lastPresented: 0, playerLatenciesMs: [] };
    let baseline = start();
    let lastLatencyAtMs = 0;
    const onPicture = (nowMs, { presentedFrames, expectedDisplayTime }) => {
      // The picture is on its way to the screen: the rest of that way belongs to the delay.
      const atMs = Date.now() + Math.max(0, expectedDisplayTime - performance.now());
      video.requestVideoFrameCallback(onPicture);
      const { videoWidth, videoHeight } = video;
      context.drawImage(
        video,
        rect.x * videoWidth, rect.y * videoHeight, rect.width * videoWidth, rect.height * videoHeight,
        0, 0, width, height,
      );
      const reading = readPattern({ data: context.getImageData(0, 0, width, height).data, width, height, bytesPerPixel: 4 });
      if (reading?.identity === ${identity}) state.seen.push({ counter: reading.counter, atMs });
      else state.unreadableCount++;
      state.firstPresented ??= presentedFrames;
      state.lastPresented = presentedFrames;
      if (nowMs - lastLatencyAtMs >= 1000) {
        lastLatencyAtMs = nowMs;
        if (rostrumViewer.latencyMs !== null) state.playerLatenciesMs.push(rostrumViewer.latencyMs);
      }
    };
    video.requestVideoFrameCallback(onPicture);
    return {
      reset() {
        state = { seen: [], unreadableCount: 0, firstPresented: undefined, lastPresented: 0, playerLatenciesMs: [] };
        baseline = start();
      },
      take() {
        const now = start();
        return {
          seen: state.seen,
          unreadableCount: state.unreadableCount,
          presentedCount: state.firstPresented === undefined ? 0 : state.lastPresented - state.firstPresented + 1,
          droppedCount: now.droppedVideoFrames - baseline.droppedVideoFrames,
          stallCount: now.stallCount - baseline.stallCount,
          playerErrors: rostrumViewer.hlsErrors.slice(baseline.errorCount).map((error) => JSON.stringify(error)),
          playerLatenciesMs: state.playerLatenciesMs,
        };
      },
    };
  })();
`;

/** Resolves when the timecode is on the screen. */
export async function watchTimecode(url: string, identity: number, tile: ProgramTile): Promise<TimecodeViewer> {
  const viewer = await openViewer(url);
  try {
    await waitFor('the timecode on the viewer page', async () => (await viewer.tile(tile))?.identity === identity, {
      deadlineMs: firstPictureDeadlineMs,
      intervalMs: 200,
    });
    await viewer.page.evaluate(readerScript(identity, programTiles[tile]));
  } catch (error) {
    await viewer.close();
    throw error;
  }
  return {
    async read(durationMs) {
      await viewer.page.evaluate('timecodeReader.reset()');
      await viewer.page.waitForTimeout(durationMs);
      return viewer.page.evaluate<ViewerReading>('timecodeReader.take()');
    },
    close: () => viewer.close(),
  };
}
