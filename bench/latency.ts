/** Bench `latency`: glass to glass, from a panelist's camera picture to the same picture on a viewer's screen. */
import { setTimeout as delay } from 'node:timers/promises';
import { createWebinar, goLive } from '../test/support/api.ts';
import { type RostrumServer, startRostrumServer } from '../test/support/rostrum-server.ts';
import { joinStage } from '../test/support/stage-person.ts';
import { startVarnishEdge } from '../test/support/varnish-edge.ts';
import { defineBench, type BenchContext } from './lib/bench.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { percentiles, round } from './lib/percentiles.ts';
import { matchTimecodes } from './lib/timecodes.ts';
import { joinWithTimecode, type TimecodePanelist } from './lib/timecode-panelist.ts';
import { type TimecodeViewer, type ViewerReading, watchTimecode } from './lib/timecode-viewer.ts';

const timecodeIdentity = 3;
const frameRate = 30;
/** Fewer readable pictures than this share of all that were due, and the figures say nothing. */
const minReadRatio = 0.3;

interface Window {
  readonly glassToGlassMs: readonly number[];
  readonly reading: ViewerReading;
  readonly cameraPicturesPerSec: number;
  readonly busyRatio: number;
}

export const latencyBench = defineBench({
  name: 'latency',
  summary: 'glass to glass with real browsers: camera picture to viewer screen, direct and through Varnish',
  peer: 'OvenMediaEngine LL-HLS: 2-5 s (its documentation); Mux LL-HLS: 4-7 s (Streaming Media, 2022). MediaMTX and LiveKit publish none.',
  options: {
    seconds: { fallback: 60, min: 5, max: 3600, help: 'how long to measure' },
    lead: { fallback: 10, min: 0, max: 120, help: 'seconds that the event is live before the first viewer comes' },
    settle: { fallback: 10, min: 1, max: 120, help: 'seconds of playback before that' },
    panelists: { fallback: 1, min: 1, max: 3, help: 'people on stage, each in a Chromium' },
    width: { fallback: 1280, min: 320, max: 1280, help: 'width of the camera picture, 16:9' },
    ultra: {
      fallback: 0,
      min: 0,
      max: 1,
      help: 'parts of 200 ms (hls.latency: ultra) instead of 333 ms',
      isFlag: true,
    },
    edge: { fallback: 1, min: 0, max: 1, help: '1 measures through a Varnish edge as well, 0 does not' },
  },
  async run(context) {
    const { options, defer } = context;
    const latency = options.ultra === 1 ? 'ultra' : 'low';
    const server = await startRostrumServer({ env: { ROSTRUM_HLS_LATENCY: latency } });
    defer(() => server.dispose());
    const edge = options.edge === 1 ? await startVarnishEdge(server.baseUrl, { passesRest: true }) : undefined;
    if (edge !== undefined) defer(() => edge.close());
    const { panelist, viewerUrl } = await startEvent(context, server);
    const direct = await measure(context, panelist, viewerUrl);
    const viaEdge =
      edge === undefined
        ? undefined
        : await measure(context, panelist, viewerUrl.replace(server.baseUrl, edge.baseUrl));
    return {
      fields: {
        glassToGlassMs: percentiles(direct.glassToGlassMs),
        playerLatencyMs: percentiles(direct.reading.playerLatenciesMs),
        stalls: direct.reading.stallCount,
        durationSec: options.seconds,
        picturesMeasured: direct.glassToGlassMs.length,
        picturesDropped: direct.reading.droppedCount,
        ...(viaEdge === undefined
          ? {}
          : {
              viaEdgeMs: percentiles(viaEdge.glassToGlassMs),
              viaEdgePlayerLatencyMs: percentiles(viaEdge.reading.playerLatenciesMs),
              viaEdgeStalls: viaEdge.reading.stallCount,
            }),
      },
      conditions: {
        profile: latency,
        camera: `${options.width}x${evenHeight(options.width)}, VP8 simulcast`,
        cameraPicturesPerSec: direct.cameraPicturesPerSec,
        path: 'panelist, server and viewer on this one machine, over loopback; one viewer at a time',
        busyRatio: direct.busyRatio,
        ...(viaEdge === undefined ? {} : { viaEdgeBusyRatio: viaEdge.busyRatio }),
      },
      warnings: [
        ...warningsOf('direct', direct),
        ...(viaEdge === undefined ? [] : warningsOf('via the edge', viaEdge)),
      ],
    };
  },
});

type Context = BenchContext<'seconds' | 'lead' | 'settle' | 'panelists' | 'width' | 'edge' | 'ultra'>;

/** Everybody on stage, the timecode first and speaking, and live. */
async function startEvent(
  { options, defer, signal, note }: Context,
  server: RostrumServer,
): Promise<{ panelist: TimecodePanelist; viewerUrl: string }> {
  const webinar = await createWebinar(server, 'Latency bench');
  const { width } = options;
  const camera = { width, height: evenHeight(width), frameRate, identity: timecodeIdentity };
  const panelist = await joinWithTimecode(webinar.host, camera);
  defer(() => panelist.close());
  for (let number = 1; number < options.panelists; number++) {
    const name = `Panelist ${number}`;
    const person = await joinStage({ name, identity: number + 8, toneHz: 500 + 100 * number, url: webinar.panelist });
    defer(() => person.close());
    await person.speak(false);
  }
  await goLive(server, webinar.webinarId, true);
  note(`live with ${options.panelists} panelist(s), first viewer in ${options.lead} s`);
  await delay(options.lead * 1000, undefined, { signal });
  return { panelist, viewerUrl: webinar.viewer };
}

async function measure(context: Context, panelist: TimecodePanelist, url: string): Promise<Window> {
  const { options, note } = context;
  const tile = options.panelists === 1 ? 'alone' : 'stage';
  const viewer = await watchTimecode(url, timecodeIdentity, tile);
  context.defer(() => viewer.close());
  note(`viewer plays ${new URL(url).origin}, settling for ${options.settle} s`);
  const window = await read(context, panelist, viewer);
  await viewer.close();
  const dueCount = options.seconds * frameRate;
  if (window.glassToGlassMs.length < dueCount * minReadRatio) {
    const { presentedCount, unreadableCount, stallCount, playerErrors } = window.reading;
    throw new Error(
      `Only ${window.glassToGlassMs.length} of ${dueCount} pictures could be measured: the camera drew ` +
        `${window.cameraPicturesPerSec} per second, ${presentedCount} were on the screen, ${unreadableCount} were ` +
        `unreadable; ${stallCount} stalls; the machine was ${window.busyRatio * 100} % busy. ${playerErrors.join(' ')}`,
    );
  }
  return window;
}

async function read({ options, note }: Context, panelist: TimecodePanelist, viewer: TimecodeViewer): Promise<Window> {
  await viewer.read(options.settle * 1000);
  note(`measuring for ${options.seconds} s`);
  const machine = watchMachine();
  const startAtMs = Date.now();
  const reading = await viewer.read(options.seconds * 1000);
  const elapsedSec = (Date.now() - startAtMs) / 1000;
  const { busyRatio } = machine();
  const shown = await panelist.shown();
  const shownCount = shown.filter(({ atMs }) => atMs >= startAtMs && atMs < startAtMs + elapsedSec * 1000).length;
  const { delaysMs } = matchTimecodes(shown, reading.seen);
  return { glassToGlassMs: delaysMs, reading, busyRatio, cameraPicturesPerSec: round(shownCount / elapsedSec, 1) };
}

function warningsOf(name: string, { reading, busyRatio, cameraPicturesPerSec }: Window): string[] {
  const unread = reading.presentedCount - reading.seen.length;
  return [
    ...busyWarnings(busyRatio, name),
    ...(cameraPicturesPerSec < frameRate * 0.9
      ? [`${name}: the camera page drew only ${cameraPicturesPerSec} pictures per second.`]
      : []),
    ...(unread > reading.presentedCount / 20
      ? [`${name}: ${unread} of ${reading.presentedCount} pictures on the screen were not read.`]
      : []),
    ...(reading.playerErrors.length > 0 ? [`${name}: the player reported ${reading.playerErrors.join(' ')}`] : []),
  ];
}

function evenHeight(width: number): number {
  return Math.round((width * 9) / 32) * 2;
}
