/**
 * `npm run soak`: a program for an hour under churn; what grows, what drifts, what was late. Not a bench: it judges.
 *
 *   node bench/soak.ts [--minutes 60]
 *
 * Writes its last result to bench/results/soak.json and exits with 1 when a limit was broken.
 */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Churn, type ChurnClips } from '../test/support/mixer-acceptance/churn.ts';
import { makeClip } from '../test/support/mixer-acceptance/clip.ts';
import { audioId, LiveProgram, videoId } from '../test/support/mixer-acceptance/live-program.ts';
import { ProgramTail } from '../test/support/mixer-acceptance/program-tail.ts';
import { measureSkew } from '../test/support/mixer-acceptance/skew.ts';
import { describeMachine, describeVersions } from './lib/machine.ts';
import { percentile, round } from './lib/percentiles.ts';
import { slopePerHour } from './lib/slope.ts';

const resultFile = path.join(import.meta.dirname, 'results/soak.json');
const momentSec = 2;
const sampleSec = 10;
/** Pictures and sound that are judged at a time, once a minute. */
const tailSec = 12;

interface Sample {
  readonly atSec: number;
  readonly rssMiB: number;
  readonly descriptors: number;
  readonly sockets: number;
}

interface SkewSample {
  readonly atSec: number;
  readonly skewMs: number;
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const minutes = Number(values.minutes);
if (!(minutes >= 1 && minutes <= 24 * 60)) throw new RangeError('--minutes must be from 1 to 1440.');

process.env.ROSTRUM_LOG_LEVEL ??= 'error';
const tell = (text: string): void => void process.stderr.write(`${text}\n`);
const passed = await soak();
process.exit(passed ? 0 : 1);

async function soak(): Promise<boolean> {
  tell('encoding the panelists');
  const clips = await makeChurnClips();
  const steadyClip = await makeClip({ identity: 9, toneHz: 4000, isGated: true });
  const tail = new ProgramTail(tailSec);
  const program = await LiveProgram.start({}, tail.push);
  try {
    // Never troubled: by this one the skew is measured.
    const steady = program.join(steadyClip);
    const churn = new Churn(program, clips);
    const samples: Sample[] = [];
    const skews: SkewSample[] = [];
    for (let second = momentSec; second <= minutes * 60; second += momentSec) {
      await program.until(second);
      churn.next();
      if (second % sampleSec === 0) samples.push({ atSec: second, ...holdings(program.pid) });
      if (second % 60 !== 0) continue;
      const measured = await measureSkew(tail.cut(videoId, audioId), program, steady);
      skews.push(...measured.map((skewMs) => ({ atSec: second, skewMs })));
      const { rssMiB, descriptors } = samples.at(-1)!;
      tell(
        `minute ${second / 60} of ${minutes}: ${rssMiB} MiB, ${descriptors} descriptors, ${measured.length} beeps paired`,
      );
    }
    const expectedFrames = program.frameNow();
    const report = summarize({ program, tail, samples, skews, churn, expectedFrames });
    await program.stop();
    mkdirSync(path.dirname(resultFile), { recursive: true });
    writeFileSync(resultFile, `${JSON.stringify(report, undefined, 2)}\n`);
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    return Object.values(report.verdicts).every(Boolean);
  } finally {
    program.close();
  }
}

async function makeChurnClips(): Promise<ChurnClips> {
  const people = [];
  for (const index of [1, 2, 3, 4, 5]) people.push(await makeClip({ identity: index, toneHz: 300 + 90 * index }));
  return {
    people,
    small: await makeClip({ identity: 1, toneHz: 390, width: 160, height: 90 }),
    upright: await makeClip({ identity: 1, toneHz: 390, width: 180, height: 320 }),
    screen: await makeClip({ identity: 1, toneHz: 390, frameRate: 1 }),
  };
}

function holdings(pid: number): Omit<Sample, 'atSec'> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
  return {
    rssMiB: round(Number(kilobytes) / 1024, 1),
    descriptors: targets.length,
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
  };
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // Closed between the listing and the look.
    return '';
  }
}

function summarize(measured: {
  readonly program: LiveProgram;
  readonly tail: ProgramTail;
  readonly samples: readonly Sample[];
  readonly skews: readonly SkewSample[];
  readonly churn: Churn;
  readonly expectedFrames: number;
}) {
  const { program, tail, samples, skews, churn, expectedFrames } = measured;
  // The first minute is start-up: code is compiled, caches and buffers fill.
  const settled = samples.filter(({ atSec }) => atSec > Math.min(60, minutes * 20));
  const slopeOf = (field: 'rssMiB' | 'descriptors' | 'sockets') =>
    round(slopePerHour(settled.map((sample) => [sample.atSec, sample[field]])), 2);
  const stats = program.log.of('stats').at(-1)?.stats;
  const absoluteMs = skews.map(({ skewMs }) => Math.abs(skewMs));
  const lateTickRatio = stats === undefined ? 1 : stats.lateTickCount / stats.frameCount;
  const missingFrames = Math.round(expectedFrames - program.frameCount);
  const skewP95Ms = absoluteMs.length === 0 ? undefined : round(percentile(absoluteMs, 0.95), 1);
  const fields = {
    rss: { firstMiB: settled[0]?.rssMiB, lastMiB: settled.at(-1)?.rssMiB, slopeMiBPerHour: slopeOf('rssMiB') },
    descriptors: { last: settled.at(-1)?.descriptors, slopePerHour: slopeOf('descriptors') },
    sockets: { last: settled.at(-1)?.sockets, slopePerHour: slopeOf('sockets') },
    ticks: { count: stats?.frameCount, lateRatio: round(lateTickRatio, 5), repeated: stats?.repeatedFrameCount },
    cadence: {
      frames: program.frameCount,
      missingFrames,
      breaks: tail.breakCount,
      units: tail.unitCount,
      encodersReplaced: program.log.of('runEnded').map(({ cause }) => cause),
    },
    skew: {
      beeps: skews.length,
      p95Ms: skewP95Ms,
      maxMs: absoluteMs.length === 0 ? undefined : round(Math.max(...absoluteMs), 1),
      driftMsPerHour: round(slopePerHour(skews.map(({ atSec, skewMs }) => [atSec, skewMs])), 2),
    },
  };
  const isLong = minutes >= 30;
  return {
    measuredAt: new Date(program.frameZeroWallMs).toISOString(),
    minutes,
    churnMoments: churn.happened.length,
    ...fields,
    // Slopes of a few minutes say nothing about an hour: they are told and not judged then.
    verdicts: {
      cadence: tail.breakCount === 0 && Math.abs(missingFrames) < 60 && program.log.of('runEnded').length === 0,
      ticksWithin10msAtP99: lateTickRatio < 0.01,
      skew: skewP95Ms !== undefined && skewP95Ms <= 40,
      ...(isLong && {
        drift: Math.abs(fields.skew.driftMsPerHour) <= 5,
        memoryIsFlat: fields.rss.slopeMiBPerHour < 30,
        descriptorsAreFlat: fields.descriptors.slopePerHour < 4,
        socketsAreFlat: fields.sockets.slopePerHour < 4,
      }),
    },
    machine: describeMachine(),
    versions: describeVersions(),
  };
}
