/** Bench `avsync`: lip sync in what is published, of a panelist whose video travels longer than the sound. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  absoluteSkewMs,
  driftMsPerHour,
  joinSfu,
  makeFlashBeep,
  sawPeriodMs,
  type Skew,
} from '../test/support/av-sync/index.ts';
import { startTestSfu } from '../test/support/mediasoup-worker.ts';
import { AvSyncProgram, frameRate, playoutDelayMs, programStartMs } from './lib/avsync-program.ts';
import { defineBench } from './lib/bench.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { percentile, round } from './lib/percentiles.ts';

const webinarId = 'avsync-bench';
const peerId = 'flash-and-beep';
/** Fewer flashes with their beep than this share of what was sent, and the figures say nothing. */
const minPairedRatio = 0.9;

export const avsyncBench = defineBench({
  name: 'avsync',
  summary: 'lip sync in the published fragments: flash and beep by RTP through two SFU workers and the mixer',
  peer: 'LiveKit egress allows 300 ms of A/V offset in its own tests; ITU-R BT.1359 finds +90/-185 ms acceptable and +45/-125 ms just noticeable.',
  options: {
    minutes: { fallback: 2, min: 1, max: 600, help: 'how long to measure' },
    settle: { fallback: 20, min: 0, max: 600, help: 'seconds before that; 0 measures the start as well' },
    delay: { fallback: 100, min: 0, max: 1000, help: 'ms that video packets travel longer than sound' },
    jitter: { fallback: 30, min: 0, max: 200, help: 'ms of jitter on both' },
    ppm: { fallback: 100, min: 0, max: 500, help: "how much too fast the panelist's clock runs" },
  },
  async run(context) {
    const { options, defer, signal, note } = context;
    const media = await makeFlashBeep();
    const sfu = await startTestSfu();
    defer(() => sfu.close('the bench is over'));
    const jitterMs = (ms: number): number => (options.jitter * ((ms * 7919) % 101)) / 101;
    const panelist = await joinSfu({
      ...{ sfu, webinarId, peerId, media, ppm: options.ppm, reportDelayMs: 20 },
      video: { delayMs: (ms) => 20 + options.delay + jitterMs(ms) },
      audio: { delayMs: (ms) => 20 + jitterMs(ms + 10) },
    });
    defer(() => panelist.close());
    const program = new AvSyncProgram({ sfu, webinarId, peerId });
    defer(() => program.close());
    note(`settling for ${options.settle} s, then measuring for ${options.minutes} min`);
    await Promise.race([program.ended, delay(options.settle * 1000, undefined, { signal })]);
    const machine = watchMachine();
    await Promise.race([program.ended, delay(options.minutes * 60_000, undefined, { signal })]);
    const { busyRatio } = machine();
    const stats = program.lastStats;
    await program.close();
    const skews = (await program.skews()).filter(({ atMs }) => atMs - programStartMs >= options.settle * 1000);
    const expectedCount = options.minutes * 60;
    if (skews.length < expectedCount * minPairedRatio)
      throw new Error(`Only ${skews.length} of ${expectedCount} flashes have a beep beside them.`);
    const lostPackets = (stats?.sources ?? []).reduce((sum, source) => sum + source.lostPacketCount, 0);
    return {
      fields: {
        skewMs: { p50: skewAt(skews, 0.5), p95: skewAt(skews, 0.95), max: skewAt(skews, 1) },
        driftMsPerHour: round(driftMsPerHour(skews, sawPeriodMs(options.ppm, frameRate)), 1),
        pictureAfterSoundMs: {
          min: round(Math.min(...skews.map(({ skewMs }) => skewMs)), 1),
          p50: round(
            percentile(
              skews.map(({ skewMs }) => skewMs),
              0.5,
            ),
            1,
          ),
          max: round(Math.max(...skews.map(({ skewMs }) => skewMs)), 1),
        },
        events: skews.length,
        durationMin: options.minutes,
        lostPackets,
        isCaptureTimed: (stats?.sources ?? []).every((source) => source.isCaptureTimed === true),
      },
      conditions: {
        source: 'VP8 320x180 at 30/s and Opus, encoded once, replayed as RTP with Sender Reports; no browser',
        path: `two SFU workers and the pipe between them; video ${options.delay} ms longer than sound, ${options.jitter} ms of jitter, clock ${options.ppm} ppm fast`,
        playoutDelayMs,
        busyRatio,
      },
      warnings: [
        ...busyWarnings(busyRatio),
        ...(lostPackets > 0 ? [`${lostPackets} RTP packets were lost on the way to the mixer.`] : []),
      ],
    };
  },
});

function skewAt(skews: readonly Skew[], ratio: number): number {
  return round(absoluteSkewMs(skews, ratio), 1);
}
