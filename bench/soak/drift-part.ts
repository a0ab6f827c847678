/**
 * The soak's second part: panelists whose clocks are 200 ppm fast and 200 ppm slow (mixing.md §6.5). Each has a program of
 * their own, from RTP with Sender Reports through two SFU workers and a mixer process to the fragments.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { makeFlashBeep } from '../../test/support/av-sync/index.ts';
import { startTestSfu } from '../../test/support/mediasoup-worker.ts';
import { playoutDelayMs } from '../lib/avsync-program.ts';
import { DriftRun, settleSec, steadyTone } from './drift-run.ts';
import { finish, isWithin, tell } from './result.ts';

const clocksPpm = [200, -200] as const;
const minPairedRatio = 0.9;
/** A slope of fewer minutes says nothing about an hour: it is told and not judged then. */
const minJudgedMinutes = 15;
/** What the path leaves of the playout delay; and how far it may move between the first and the last minutes. */
const bufferLimits = { minMs: 60, maxShiftMs: 20 };
/** One break of the tone in ten minutes is an accident, more are a pattern. */
const maxGlitchesPerHour = 6;

export async function soakDrift(minutes: number): Promise<boolean> {
  const media = await makeFlashBeep(undefined, steadyTone);
  const sfu = await startTestSfu();
  const runs: DriftRun[] = [];
  try {
    for (const ppm of clocksPpm) runs.push(await DriftRun.start(sfu, media, ppm, minutes));
    tell(`settling for ${settleSec} s, then measuring for ${minutes} min`);
    for (let minute = 0; minute <= minutes; minute++) {
      const ended = Promise.race(runs.map((run) => run.program.ended));
      await Promise.race([ended, delay((minute === 0 ? settleSec : 60) * 1000)]);
      tell(`minute ${minute} of ${minutes}: ${runs.map((run) => run.state).join('; ')}`);
    }
    const reports = [];
    for (const run of runs) reports.push(await run.report());
    const isLong = minutes >= minJudgedMinutes;
    return finish('drift', {
      measuredAt: new Date().toISOString(),
      minutes,
      playoutDelayMs,
      runs: reports,
      verdicts: {
        eventsPaired: reports.every((one) => one.pairedRatio >= minPairedRatio),
        captureTimed: reports.every((one) => one.isCaptureTimed),
        skew: reports.every((one) => isWithin(one.skewMs, { p95: 40, max: 80 })),
        buffersBounded: reports.every((one) =>
          one.buffers.every((buffer) => buffer.minMs >= bufferLimits.minMs && buffer.maxMs <= playoutDelayMs),
        ),
        toneUnbroken: reports.every((one) => one.tone.glitchesPerHour <= maxGlitchesPerHour && one.tone.isHeard),
        ...(isLong && {
          drift: reports.every((one) => Math.abs(one.driftMsPerHour) <= 5),
          buffersLevel: reports.every((one) =>
            one.buffers.every((buffer) => Math.abs(buffer.shiftMs) <= bufferLimits.maxShiftMs),
          ),
        }),
      },
    });
  } finally {
    for (const run of runs) await run.close();
    await sfu.close('the soak is over');
  }
}
