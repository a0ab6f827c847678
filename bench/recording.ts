/** Bench `recording`: what SIGKILL of everything costs the recording, and how soon it can be downloaded after the event. */
import { defineBench } from './lib/bench.ts';
import { measureAvailability } from './lib/recording-availability.ts';
import { measureKill, type KillLoss } from './lib/recording-kill.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { percentiles } from './lib/percentiles.ts';

export const recordingBench = defineBench({
  name: 'recording',
  summary: 'media lost when everything is killed under a live event; time from the end to a working download',
  peer: 'Killed: Jibri loses the whole MP4 (jibri#413), MediaMTX states a recovery point of 1 s. After the end: Cloudflare Stream within 60 s, BigBlueButton hours.',
  options: {
    runs: { fallback: 5, min: 0, max: 50, help: 'kills' },
    minutes: { fallback: 5, min: 0, max: 240, help: 'length of the event whose end is measured; 0 leaves it out' },
  },
  async run(context) {
    const { options, note } = context;
    const machine = watchMachine();
    const losses: KillLoss[] = [];
    for (let run = 0; run < options.runs; run++) {
      const loss = await measureKill(context);
      losses.push(loss);
      note(
        `kill ${run + 1} after ${loss.producedMs} ms of program: ${loss.lossMs} ms lost, ${loss.listedLossMs} ms of it listed`,
      );
    }
    const end = options.minutes === 0 ? undefined : await measureAvailability(context, options.minutes);
    const { busyRatio } = machine();
    return {
      fields: {
        ...(losses.length === 0
          ? {}
          : {
              lossOnKillMs: percentiles(losses.map(({ lossMs }) => lossMs)),
              listedLossOnKillMs: percentiles(losses.map(({ listedLossMs }) => listedLossMs)),
              recoveredAfterRestartMs: percentiles(losses.map(({ recoveredAfterMs }) => recoveredAfterMs)),
              kills: losses,
            }),
        ...end,
      },
      conditions: { stage: 'one panelist in a Chromium', store: 'local folder', busyRatio },
      warnings: busyWarnings(busyRatio),
    };
  },
});
