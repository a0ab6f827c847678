/** The soak's first part: a program under churn; what grows, what drifts, what was late, what stalled. */
import { Churn } from '../../test/support/mixer-acceptance/churn.ts';
import { makeClip } from '../../test/support/mixer-acceptance/clip.ts';
import { audioId, LiveProgram, playoutDelayMs, videoId } from '../../test/support/mixer-acceptance/live-program.ts';
import { ProgramTail } from '../../test/support/mixer-acceptance/program-tail.ts';
import { measureSync, type SyncReading } from '../../test/support/mixer-acceptance/skew.ts';
import { type ChurnClips, roundSec } from '../../test/support/mixer-acceptance/troubles.ts';
import { percentile, round } from '../lib/percentiles.ts';
import { slopePerHour } from '../lib/slope.ts';
import { type Holdings, holdingsOf } from './holdings.ts';
import { finish, isWithin, spread, tell } from './result.ts';

const sampleSec = 5;
/** Pictures and sound that are judged at a time, once a minute. */
const tailSec = 12;
/** Slopes of a few minutes say nothing about an hour: they are told and not judged then. */
const minJudgedMinutes = 30;
const minPairedRatio = 0.9;

interface Measured {
  readonly program: LiveProgram;
  readonly tail: ProgramTail;
  readonly minutes: number;
  readonly samples: readonly (Holdings & { readonly atSec: number })[];
  readonly readings: readonly (SyncReading & { readonly atSec: number })[];
  readonly churn: Churn;
  readonly expectedFrames: number;
  readonly longestOutputGapMs: number;
}

export async function soakChurn(minutes: number): Promise<boolean> {
  tell('encoding the panelists');
  const clips = await makeChurnClips();
  const steadyClip = await makeClip({ identity: 9, toneHz: 4000, isGated: true });
  const tail = new ProgramTail(tailSec);
  const program = await LiveProgram.start({}, tail.push);
  try {
    // Never troubled: by this one the sync is measured.
    const steady = program.join(steadyClip);
    const churn = new Churn(program, clips);
    const samples: (Holdings & { atSec: number })[] = [];
    const readings: (SyncReading & { atSec: number })[] = [];
    for (let second = 1; second <= minutes * 60; second++) {
      await program.until(second);
      churn.next();
      if (second % sampleSec === 0) samples.push({ atSec: second, ...holdingsOf(program.pid) });
      if (second % 60 !== 0) continue;
      const reading = await measureSync(tail.cut(videoId, audioId), program, steady);
      readings.push({ atSec: second, ...reading });
      const { rssMiB, treeRssMiB, descriptors } = samples.at(-1)!;
      const paired = `${reading.skewsMs.length} of ${reading.beepCount} beeps paired`;
      tell(
        `minute ${second / 60} of ${minutes}: ${rssMiB} MiB (${treeRssMiB} with children), ${descriptors} descriptors, ${paired}`,
      );
    }
    const { longestOutputGapMs } = program;
    const expectedFrames = program.frameNow();
    const measured = { program, tail, minutes, samples, readings, churn, expectedFrames, longestOutputGapMs };
    const report = summarize(measured);
    await program.stop();
    return finish('soak', report);
  } finally {
    program.close();
  }
}

async function makeChurnClips(): Promise<ChurnClips> {
  const people = [];
  for (const index of [1, 2, 3, 4, 5]) people.push(await makeClip({ identity: index, toneHz: 300 + 90 * index }));
  return {
    people,
    large: await makeClip({ identity: 1, toneHz: 390, width: 1280, height: 720 }),
    upright: await makeClip({ identity: 1, toneHz: 390, width: 180, height: 320 }),
    screen: await makeClip({ identity: 1, toneHz: 390, frameRate: 1 }),
  };
}

function summarize(measured: Measured) {
  const { program, minutes, churn } = measured;
  const [memory, output, sync, speaker] = [
    memoryOf(measured),
    outputOf(measured),
    syncOf(measured),
    speakerOf(program),
  ];
  const isLong = minutes >= minJudgedMinutes;
  return {
    measuredAt: new Date(program.frameZeroWallMs).toISOString(),
    minutes,
    churn: { toggles: churn.toggleCount, troubles: churn.happened.filter(({ phase }) => phase === 'begin').length },
    ...memory,
    ...output,
    ...sync,
    speakerChangeMs: speaker,
    verdicts: {
      cadence:
        output.cadence.breaks === 0 &&
        Math.abs(output.cadence.missingFrames) < 60 &&
        output.cadence.encodersReplaced.length === 0,
      neverStalls: output.longestOutputGapMs <= 1000,
      repeatedBelow1Percent: output.repeatedRatio < 0.01,
      ticksWithin10msAtP99: output.ticks.p99Ms !== undefined && output.ticks.p99Ms < 10,
      beepsPaired: sync.skew.pairedRatio >= minPairedRatio,
      skew: isWithin(sync.skew.ms, { p95: 40, max: 80 }),
      programTime:
        isWithin(sync.programTimeErrorMs.first, { p95: 100 }) && isWithin(sync.programTimeErrorMs.last, { p95: 100 }),
      speakerChange: isWithin(speaker, { max: 700 }),
      ...(isLong && {
        drift: Math.abs(sync.skew.driftMsPerHour) <= 5,
        memoryIsFlat: memory.rss.slopeMiBPerHour < 30 && memory.treeRss.slopeMiBPerHour < 30,
        descriptorsAreFlat: memory.descriptors.slopePerHour < 4,
        socketsAreFlat: memory.sockets.slopePerHour < 4,
      }),
    },
  };
}

/**
 * By the second half: code is compiled and heaps find their size in the first. Processes come and go with people, the same ones
 * in every round, so that whole rounds are compared.
 */
function memoryOf({ samples, minutes }: Measured) {
  const settled = samples.filter(({ atSec }) => atSec > minutes * 30);
  const rounds = [...Map.groupBy(settled, ({ atSec }) => Math.floor(atSec / roundSec)).values()].filter(
    (round) => round.length === roundSec / sampleSec,
  );
  const meanOf = (of: readonly Holdings[], field: keyof Holdings): number =>
    of.reduce((sum, sample) => sum + sample[field], 0) / of.length;
  const figures = (field: keyof Holdings) => {
    const points = rounds.map((round) => [round[0]!.atSec, meanOf(round, field)] as const);
    return {
      first: round(samples[0]![field], 1),
      last: round(points.at(-1)?.[1] ?? samples.at(-1)![field], 1),
      slope: round(slopePerHour(points), 2),
    };
  };
  const inMiB = (field: 'rssMiB' | 'treeRssMiB') => {
    const { first, last, slope } = figures(field);
    return { firstMiB: first, lastMiB: last, slopeMiBPerHour: slope };
  };
  const counted = (field: 'descriptors' | 'sockets') => {
    const { last, slope } = figures(field);
    return { last, slopePerHour: slope };
  };
  return {
    rss: inMiB('rssMiB'),
    treeRss: inMiB('treeRssMiB'),
    descriptors: counted('descriptors'),
    sockets: counted('sockets'),
  };
}

function outputOf({ program, tail, expectedFrames, longestOutputGapMs }: Measured) {
  const stats = program.log.of('stats').at(-1)?.stats;
  return {
    ticks: {
      count: stats?.frameCount,
      lateRatio: round(stats === undefined ? 1 : stats.lateTickCount / stats.frameCount, 5),
      p99Ms: stats === undefined ? undefined : round(stats.tickLatenessMs.p99, 1),
      maxMs: stats === undefined ? undefined : round(stats.tickLatenessMs.max, 1),
    },
    longestOutputGapMs: round(longestOutputGapMs, 0),
    repeatedRatio: round(program.repeatedRatio, 5),
    cadence: {
      frames: program.frameCount,
      missingFrames: Math.round(expectedFrames - program.frameCount),
      breaks: tail.breakCount,
      units: tail.unitCount,
      encodersReplaced: program.log.of('runEnded').map(({ cause }) => cause),
    },
  };
}

function syncOf({ readings }: Measured) {
  const skews = readings.flatMap(({ atSec, skewsMs }) => skewsMs.map((skewMs) => [atSec, skewMs] as const));
  const beepCount = readings.reduce((sum, reading) => sum + reading.beepCount, 0);
  const expectedCount = readings.length * (tailSec - 3);
  const timeErrors = (reading: SyncReading | undefined) =>
    spread((reading?.pictureDelaysMs ?? []).map((delayMs) => delayMs - playoutDelayMs));
  return {
    skew: {
      beeps: beepCount,
      // A beep that nobody heard is missing, too.
      pairedRatio: round(skews.length / Math.max(beepCount, expectedCount), 3),
      ms: spread(skews.map(([, skewMs]) => skewMs)),
      driftMsPerHour: round(slopePerHour(skews), 2),
    },
    programTimeErrorMs: { first: timeErrors(readings[0]), last: timeErrors(readings.at(-1)) },
  };
}

/** From the frame at which a switch was decided to the one that showed it. */
function speakerOf(program: LiveProgram) {
  const changes = program.log.of('spotlightChanged').filter(({ participantId }) => participantId !== null);
  const waitsMs = changes.map(({ frameIndex, decidedFrameIndex }) => ((frameIndex - decidedFrameIndex) * 1000) / 30);
  const found = spread(waitsMs);
  return found && { ...found, p50: round(percentile(waitsMs, 0.5), 1), count: waitsMs.length };
}
