/** A panelist in a real Chromium whose camera shows a timecode: each picture's number and the moment it was drawn. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomId } from '../../src/core/ids.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import { identityColour, counterCount, writeMicrophoneFile } from '../../test/support/pattern/index.ts';
import { patternCells, patternLayout } from '../../test/support/pattern/layout.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type Timecode } from './timecodes.ts';

export interface TimecodeCamera {
  /** 0..15. */
  readonly identity: number;
  readonly width: number;
  readonly height: number;
  /** Pictures per second; the page draws at 60 Hz, so that 60, 30, 20 ... come out even. */
  readonly frameRate: number;
}

export interface TimecodePanelist {
  /** Every picture drawn so far, in order. */
  shown(): Promise<Timecode[]>;
  close(): Promise<void>;
}

const joinDeadlineMs = 30_000;
const toneHz = 440;

/**
 * Replaces the camera by a canvas. The moment of a picture is taken when it is complete, just before it is handed to
 * the track: what a real camera's sensor and driver take comes on top and is no business of a server.
 */
function cameraScript(camera: TimecodeCamera): string {
  const words = Array.from({ length: counterCount }, (_, counter) =>
    patternCells({ identity: camera.identity, counter }).reduce((word, isWhite) => word * 2 + (isWhite ? 1 : 0), 0),
  );
  const { r, g, b } = identityColour(camera.identity);
  return `(() => {
    const layout = ${JSON.stringify(patternLayout)};
    const camera = ${JSON.stringify(camera)};
    const words = ${JSON.stringify(words)};
    const realGetUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    globalThis.shownTimecodes = [];
    const openCamera = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: camera.width, height: camera.height });
      const context = canvas.getContext('2d');
      const track = canvas.captureStream(0).getVideoTracks()[0];
      let number = 0;
      let dueMs = performance.now();
      const draw = () => {
        if (track.readyState === 'ended') return;
        requestAnimationFrame(draw);
        // Half a display period early is on time.
        if (performance.now() < dueMs - 8) return;
        dueMs = Math.max(dueMs + 1000 / camera.frameRate, performance.now());
        const counter = number++ % words.length;
        context.fillStyle = 'rgb(${r}, ${g}, ${b})';
        context.fillRect(0, 0, camera.width, camera.height);
        for (let cell = 0; cell < layout.columnCount * layout.rowCount; cell++) {
          context.fillStyle = (words[counter] >>> (layout.columnCount * layout.rowCount - 1 - cell)) & 1 ? '#fff' : '#000';
          context.fillRect(
            camera.width * (layout.left + (cell % layout.columnCount) * layout.cellWidth),
            camera.height * (layout.top + Math.floor(cell / layout.columnCount) * layout.cellHeight),
            camera.width * layout.cellWidth,
            camera.height * layout.cellHeight,
          );
        }
        globalThis.shownTimecodes.push({ counter, atMs: Date.now() });
        track.requestFrame();
      };
      draw();
      return track;
    };
    navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
      const processing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const sound = audio ? (await realGetUserMedia({ audio: { ...audio, ...processing } })).getAudioTracks() : [];
      return new MediaStream([...sound, ...(video ? [openCamera()] : [])]);
    };
  })()`;
}

/** Opens the stage link, joins, and resolves when the stage runs. */
export async function joinWithTimecode(url: string, camera: TimecodeCamera): Promise<TimecodePanelist> {
  const microphoneFile = path.join(tmpdir(), `rostrum-timecode-${randomId()}.wav`);
  writeMicrophoneFile(microphoneFile, { frequencyHz: toneHz });
  const browser = await launchBrowser({ microphoneFile });
  const close = async (): Promise<void> => {
    await browser.close();
    rmSync(microphoneFile, { force: true });
  };
  try {
    const page = await browser.context.newPage();
    await page.addInitScript({ content: cameraScript(camera) });
    await page.goto(url);
    await page.getByLabel('Your name').fill('Timecode');
    await page.getByRole('button', { name: 'Join the stage' }).click();
    await waitFor('the stage to be joined', async () => (await page.evaluate('rostrumStage.state')) === 'joined', {
      deadlineMs: joinDeadlineMs,
    });
    return { shown: () => page.evaluate<Timecode[]>('shownTimecodes'), close };
  } catch (error) {
    await close();
    throw error;
  }
}
