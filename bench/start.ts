/** Bench `start`: from `live:true` to the first part that can be played, and to the first picture on a viewer's page. */
import { goLive, createWebinar } from '../test/support/api.ts';
import { decodeLuma } from '../test/support/decode-media.ts';
import { type RostrumServer, startRostrumServer } from '../test/support/rostrum-server.ts';
import { joinStage } from '../test/support/stage-person.ts';
import { openViewer } from '../test/support/viewer-page.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { type BenchContext, defineBench } from './lib/bench.ts';
import { findVideoPlaylist, readBytes, readPlaylist } from './lib/hls-reader.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { percentiles, round } from './lib/percentiles.ts';

/** What asking again may add to a figure. */
const pollMs = 20;
const deadlineMs = 30_000;

interface Start {
  readonly firstPartMs: number;
  /** The API's own answer. */
  readonly answerMs: number;
}

export const startBench = defineBench({
  name: 'start',
  summary: 'live:true to the first playable part over HTTP, and to the first picture on a waiting viewer page',
  peer: 'LiveKit egress waits up to 5 s for a first frame after Chrome has started (its code); Jibri recommends a timeout of 90 s.',
  options: {
    runs: { fallback: 10, min: 1, max: 100, help: 'starts without a viewer page' },
    viewers: { fallback: 3, min: 0, max: 20, help: 'further starts with a viewer page that waits for the event' },
  },
  async run(context) {
    const { options, defer, note } = context;
    const server = await startRostrumServer();
    defer(() => server.dispose());
    const webinar = await createWebinar(server, 'Start bench');
    const person = await joinStage({ name: 'Host', identity: 3, toneHz: 440, url: webinar.host });
    defer(() => person.close());
    const machine = watchMachine();
    const starts: Start[] = [];
    for (let run = 0; run < options.runs; run++) {
      starts.push(await measureStart(server, webinar.webinarId));
      note(`start ${run + 1}: first part after ${Math.round(starts.at(-1)!.firstPartMs)} ms`);
      await goLive(server, webinar.webinarId, false);
    }
    const { busyRatio } = machine();
    const pictureMs: number[] = [];
    for (let run = 0; run < options.viewers; run++) {
      pictureMs.push(await measurePicture(context, server));
      note(`start ${run + 1} with a viewer: first picture after ${Math.round(pictureMs.at(-1)!)} ms`);
    }
    return {
      fields: {
        firstPartMs: percentiles(starts.map(({ firstPartMs }) => firstPartMs)),
        liveAnswerMs: percentiles(starts.map(({ answerMs }) => answerMs)),
        ...(pictureMs.length === 0 ? {} : { viewerFirstPictureMs: percentiles(pictureMs) }),
        starts: starts.map(({ firstPartMs }) => round(firstPartMs, 0)),
      },
      conditions: {
        stage: 'one panelist in a Chromium, joined before; the server is warm from its own start on',
        checked: 'the first part was decoded behind its init segment',
        pollMs,
        busyRatio,
      },
      warnings: busyWarnings(busyRatio),
    };
  },
});

async function measureStart(server: RostrumServer, webinarId: string): Promise<Start> {
  const formerUrl = await findVideoPlaylist(server.baseUrl, webinarId);
  const startMs = performance.now();
  const answer = goLive(server, webinarId, true).then(() => performance.now() - startMs);
  // Met below; if the part does not come, that is the error to see.
  answer.catch(() => undefined);
  const { partUrl, initUrl } = await waitFor(
    'a part in the playlist',
    () => findFirstPart(server.baseUrl, webinarId, formerUrl),
    { deadlineMs, intervalMs: pollMs },
  );
  const part = await readBytes(partUrl);
  const firstPartMs = performance.now() - startMs;
  const answerMs = await answer;
  const pictures = await decodeLuma(Buffer.concat([await readBytes(initUrl), part]), { width: 320, height: 180 });
  if (pictures.length === 0) throw new Error('The first part holds no picture.');
  return { firstPartMs, answerMs };
}

/** A program that ended stays available for a while: the new one is another playlist. */
async function findFirstPart(
  baseUrl: string,
  webinarId: string,
  formerUrl: string | undefined,
): Promise<{ partUrl: string; initUrl: string } | undefined> {
  const url = await findVideoPlaylist(baseUrl, webinarId);
  if (url === undefined || url === formerUrl) return undefined;
  const playlist = await readPlaylist(url);
  const segment = playlist.segments[0] ?? playlist.open;
  const part = segment?.parts[0];
  if (part === undefined || segment?.mapUri === undefined) return undefined;
  return { partUrl: new URL(part.uri, url).href, initUrl: new URL(segment.mapUri, url).href };
}

/**
 * From the request to the moment the waiting page presents its first picture; both read this machine's clock. Each
 * time a webinar of its own: a page that finds the end of an event asks for the next one at longer intervals.
 */
async function measurePicture(context: BenchContext, server: RostrumServer): Promise<number> {
  const webinar = await createWebinar(server, 'Start bench with a viewer');
  const viewer = await openViewer(webinar.viewer);
  context.defer(() => viewer.close());
  await waitFor('the viewer page to wait for the event', async () => {
    const { state } = await viewer.debug();
    if (state === 'waiting') return true;
    throw new Error(`the page is ${state}`);
  });
  await viewer.page.evaluate(
    `globalThis.firstPictureAtMs = undefined;
     document.querySelector('video').requestVideoFrameCallback(() => { firstPictureAtMs = Date.now(); })`,
  );
  const startAtMs = Date.now();
  await goLive(server, webinar.webinarId, true);
  const shownAtMs = await waitFor(
    'the first picture on the viewer page',
    () => viewer.page.evaluate<number | undefined>('firstPictureAtMs'),
    { deadlineMs, intervalMs: 100 },
  );
  await viewer.close();
  await goLive(server, webinar.webinarId, false);
  return shownAtMs - startAtMs;
}
