/** Proof that a viewer page plays: pictures that differ, made after a given time. The program needs a ticker. */
import { type Viewer } from './viewer-page.ts';
import { waitFor } from './wait-for.ts';

/** Retries of hls.js, the page's own patience and its pause before a new player come one after the other. */
export const recoveryDeadlineMs = 120_000;

/** Resolves when the page shows moving pictures of a program made after that wall time. */
export async function playsAgain({ page, debug }: Pick<Viewer, 'page' | 'debug'>, afterWallMs: number): Promise<void> {
  const seen = new Set<string>();
  await waitFor(
    'the page to play again',
    async () => {
      const { programWallMs, state, errors } = await debug();
      const news = `${state}, plays ${programWallMs === null ? '?' : programWallMs - afterWallMs} ms after; ${errors.slice(-3).join()}`;
      if (state !== 'playing' || programWallMs === null || programWallMs < afterWallMs) throw new Error(news);
      seen.add(await page.evaluate<string>(tickerScript));
      if (seen.size < 4) throw new Error(`${seen.size} different pictures, ${news}`);
      return true;
    },
    { deadlineMs: recoveryDeadlineMs, intervalMs: 250 },
  );
}

/** Luma of the ticker's band, coarsely: what changes when it runs, and nothing else does. */
const tickerScript = `(() => {
  const video = document.querySelector('video');
  const canvas = new OffscreenCanvas(160, 12);
  const context = canvas.getContext('2d');
  const { videoWidth: width, videoHeight: height } = video;
  context.drawImage(video, 0, height * 0.92, width, height * 0.08, 0, 0, 160, 12);
  const { data } = context.getImageData(0, 0, 160, 12);
  return Array.from({ length: 160 * 12 }, (_, index) => (data[4 * index + 1] > 128 ? 1 : 0)).join('');
})()`;
