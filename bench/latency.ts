/** Bench `latency`: glass to glass, from a panelist's camera picture to the same picture on a viewer's screen. */
import { createWebinar, goLive } from '../test/support/api.ts';
import { startRostrumServer } from '../test/support/rostrum-server.ts';
import { joinStage } from '../test/support/stage-person.ts';
import { defineBench, type BenchContext } from './lib/bench.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { percentiles } from './lib/percentiles.ts';
import { matchTimecodes } from './lib/timecodes.ts';
import { joinWithTimecode, type TimecodePanelist } from './lib/timecode-panelist.ts';
import { type TimecodeViewer, type ViewerReading, watchTimecode } from './lib/timecode-viewer.ts';
import { startVarnishEdge } from './lib/varnish-edge.ts';

const timecodeIdentity = 3;
const frameRate = 30;
/** Fewer readable pictures than this share of all that were due, and the figures say nothing. */
const minReadRatio = 0.3;

interface Window {
  readonly glassToGlassMs: readonly number[];
  readonly reading: ViewerReading;
  readonly busyRatio: number;
}

export const latencyBench = defineBench({
  name: 'latency',
  summary: 'glass to glass with real browsers: camera picture to viewer screen, direct and through Varnish',
  peer: 'OvenMediaEngine LL-HLS: 2-5 s (its documentation); Mux LL-HLS: 4-7 s (Streaming Media, 2022). MediaMTX and LiveKit publish none.',
  options: {
    seconds: { fallback: 60, min: 5, max: 120, help: 'how long to measure' },
    settle: { fallback: 10, min: 1, max: 120, help: 'seconds of playback before that' },
    panelists: { fallback: 1, min: 1, max: 3, help: 'people on stage, each in a Chromium' },
    width: { fallback: 1280, min: 320, max: 1280, help: 'width of the camera picture, 16:9' },
    edge: { fallback: 1, min: 0, max: 1, help: '1 measures through a Varnish edge as well, 0 does not' },
  },
  async run(context) {
    const { options, defer, note } = context;
    const server = await startRostrumServer();
    defer(() => server.dispose());
    const webinar = await createWebinar(server, 'Latency bench');
    const camera = { width: options.width, height: evenHeight(options.width), frameRate, identity: timecodeIdentity };
    const panelist = await joinWithTimecode(webinar.host, camera);
    defer(() => panelist.close());
    for (let number = 1; number < options.panelists; number++) {
      const url = webinar.panelist;
      const person = await joinStage({
        name: `Panelist ${number}`,
        identity: number + 8,
        toneHz: 500 + 100 * number,
        url,
      });
      defer(() => person.close());
      await person.speak(false);
    }
    await goLive(server, webinar.webinarId, true);
    note(`live with ${options.panelists} panelist(s)`);
    const direct = await measure(context, panelist, webinar.viewer);
    const viaEdge =
      options.edge === 1 ? await measureViaEdge(context, panelist, server.baseUrl, webinar.viewer) : undefined;
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
          : { viaEdgeMs: percentiles(viaEdge.glassToGlassMs), viaEdgeStalls: viaEdge.reading.stallCount }),
      },
      conditions: {
        camera: `${camera.width}x${camera.height} at ${frameRate}/s, VP8 simulcast`,
        path: 'panelist, server and viewer on this one machine, over loopback',
        busyRatio: direct.busyRatio,
        ...(viaEdge === undefined ? {} : { busyRatioViaEdge: viaEdge.busyRatio }),
      },
      warnings: [
        ...warningsOf('direct', direct),
        ...(viaEdge === undefined ? [] : warningsOf('via the edge', viaEdge)),
      ],
    };
  },
});

type Context = BenchContext<'seconds' | 'settle' | 'panelists' | 'width' | 'edge'>;

async function measureViaEdge(
  context: Context,
  panelist: TimecodePanelist,
  originUrl: string,
  viewerUrl: string,
): Promise<Window> {
  const edge = await startVarnishEdge(originUrl);
  context.defer(() => edge.close());
  return measure(context, panelist, viewerUrl.replace(originUrl, edge.baseUrl));
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
  if (window.glassToGlassMs.length < dueCount * minReadRatio)
    throw new Error(
      `Only ${window.glassToGlassMs.length} of ${dueCount} pictures could be measured; the player: ` +
        `${window.reading.stallCount} stalls, ${window.reading.playerErrors.join(' ')}`,
    );
  return window;
}

async function read({ options, note }: Context, panelist: TimecodePanelist, viewer: TimecodeViewer): Promise<Window> {
  await viewer.read(options.settle * 1000);
  note(`measuring for ${options.seconds} s`);
  const machine = watchMachine();
  const reading = await viewer.read(options.seconds * 1000);
  const { busyRatio } = machine();
  const { delaysMs } = matchTimecodes(await panelist.shown(), reading.seen);
  return { glassToGlassMs: delaysMs, reading, busyRatio };
}

function warningsOf(name: string, { reading, busyRatio }: Window): string[] {
  const unread = reading.presentedCount - reading.seen.length;
  return [
    ...busyWarnings(busyRatio),
    ...(unread > reading.presentedCount / 20
      ? [`${name}: ${unread} of ${reading.presentedCount} pictures on the screen were not read.`]
      : []),
    ...(reading.playerErrors.length > 0 ? [`${name}: the player reported ${reading.playerErrors.join(' ')}`] : []),
  ];
}

function evenHeight(width: number): number {
  return Math.round((width * 9) / 32) * 2;
}
