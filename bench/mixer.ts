/** Bench `mixer`: cores that one composite takes in real time, for 1, 3 and 5 panelists. */
import path from 'node:path';
import { ladderOf, ladderText, type MixerStats } from '../src/mixer/index.ts';
import { type ProcessInfo } from '../test/support/processes.ts';
import { defineBench, type BenchContext } from './lib/bench.ts';
import { busyWarnings, watchMachine } from './lib/machine-load.ts';
import { isCamera, MixerUnderLoad, programConfig } from './lib/mixer-under-load.ts';
import { round } from './lib/percentiles.ts';
import { coresBetween, sampleTree } from './lib/process-cpu.ts';
import { judgeProgram } from './lib/program-judge.ts';
import {
  makeSyntheticPanelist,
  syntheticCamera,
  thumbnailLayer,
  type SyntheticPanelist,
} from './lib/synthetic-panelist.ts';

const panelistCounts = [1, 3, 5] as const;
/** Counts measured again with 720p for every tile, which is what a mixer without simulcast would decode. */
const fullSizeCounts: readonly number[] = [3];
/** How often the mixer tells its totals; the measured time is a multiple of it. */
const statsPeriodSec = 5;
/** Pictures decoded of pictures sent: below it the mixer did not do the work. */
const minDecodedRatio = 0.98;

interface Run {
  readonly panelists: number;
  /** `simulcast`: 720p for the large tile, 180p for thumbnails, as the SFU sends them. */
  readonly feeds: 'simulcast' | 'all720p';
  readonly size: string;
  readonly renditions: number;
  readonly cores: number;
  readonly lateTickRatio: number;
  readonly coresByKind: Readonly<Record<string, number>>;
  readonly repeatedFrames: number;
  readonly lostPackets: number;
  readonly decodedPicturesPerSec: number;
  readonly busyRatio: number;
}

export const mixerBench = defineBench({
  name: 'mixer',
  summary: 'cores of one composite in real time, whole process tree, for 1, 3 and 5 panelists',
  peer: 'LiveKit egress reserves 4 cores for a room composite (its code, Aug 2026), OpenVidu 2.0; a user measured 1.5-2 on average (egress#908).',
  options: {
    seconds: { fallback: 20, min: statsPeriodSec, max: 600, help: 'how long to measure each, rounded up to fives' },
    panelists: { fallback: 0, min: 0, max: 5, help: 'measure only this many; 0 measures 1, 3 and 5' },
  },
  async run(context) {
    const { options, note } = context;
    const counts = options.panelists === 0 ? panelistCounts : [options.panelists];
    const large: SyntheticPanelist[] = [];
    const small: SyntheticPanelist[] = [];
    for (let index = 0; index < Math.max(...counts); index++) {
      note(`encoding panelist ${index + 1}`);
      const [identity, toneHz] = [index + 1, 400 + 170 * index];
      large.push(await makeSyntheticPanelist(identity, toneHz));
      small.push(await makeSyntheticPanelist(identity, toneHz, thumbnailLayer));
    }
    const runs: Run[] = [];
    for (const count of counts) {
      // The first to join is in the large tile: nobody is reported as speaking.
      runs.push(await measure(context, [large[0]!, ...small.slice(1, count)], 'simulcast'));
      if (fullSizeCounts.includes(count)) runs.push(await measure(context, large.slice(0, count), 'all720p'));
    }
    return {
      fields: { runs },
      conditions: {
        source: `noisy ${syntheticCamera.width}x${syntheticCamera.height} at ${syntheticCamera.frameRate}/s for the large tile, ${thumbnailLayer.width}x${thumbnailLayer.height} for thumbnails, VP8 of ${round(
          large[0]!.videoBitsPerSec / 1e6,
          2,
        )} and ${small.map(({ videoBitsPerSec }) => round(videoBitsPerSec / 1e6, 2)).join(', ')} Mbit/s, Opus; replayed as RTP from memory, outside of the measured tree`,
        output: `${ladderText(ladderOf(programConfig))} at ${programConfig.frameRate}/s, H.264, AAC ${programConfig.audioBitsPerSec} bit/s`,
        checked: 'every panelist seen moving in a tile of their own and heard, in the last complete picture group',
      },
      warnings: runs.flatMap(warningsOf),
    };
  },
});

async function measure(
  context: BenchContext<'seconds'>,
  people: readonly SyntheticPanelist[],
  feeds: Run['feeds'],
): Promise<Run> {
  const { options, defer, note } = context;
  const mixer = new MixerUnderLoad(people);
  defer(() => mixer.close());
  mixer.start();
  note(`${people.length} panelist(s): measuring for ${options.seconds} s`);
  // The first totals come when the start is 5 s old.
  const before = await mixer.nextStats();
  const { pid } = mixer;
  const cpuBefore = sampleTree(pid, kindOf);
  const machine = watchMachine();
  let after = before;
  for (let leftSec = options.seconds; leftSec > 0; leftSec -= statsPeriodSec) after = await mixer.nextStats();
  const cpuAfter = sampleTree(pid, kindOf);
  const { busyRatio } = machine();
  await judgeProgram(mixer.tail, people);
  await mixer.close();
  const elapsedSec = (cpuAfter.atMs - cpuBefore.atMs) / 1000;
  const decodedPicturesPerSec = (decodedPictureCount(after) - decodedPictureCount(before)) / elapsedSec;
  if (decodedPicturesPerSec < people.length * syntheticCamera.frameRate * minDecodedRatio)
    throw new Error(
      `Only ${decodedPicturesPerSec.toFixed(1)} pictures per second were decoded for ${people.length} panelists.`,
    );
  const frameCount = after.frameCount - before.frameCount;
  return {
    panelists: people.length,
    feeds,
    size: `${programConfig.width}x${programConfig.height}`,
    renditions: 1,
    ...coresBetween(cpuBefore, cpuAfter),
    lateTickRatio: round((after.lateTickCount - before.lateTickCount) / frameCount, 4),
    repeatedFrames: after.repeatedFrameCount - before.repeatedFrameCount,
    lostPackets: lostPacketCount(after) - lostPacketCount(before),
    decodedPicturesPerSec: round(decodedPicturesPerSec, 1),
    busyRatio,
  };
}

function kindOf({ args }: ProcessInfo): string {
  if (path.basename(args[0] ?? '') !== 'ffmpeg') return 'node';
  return args.includes('libx264') ? 'encoder' : 'decoders';
}

/** Microphones count their decoded packets in the same place. */
function decodedPictureCount({ sources }: MixerStats): number {
  return sources.reduce(
    (sum, { sourceId, decodedFrameCount }) => sum + (isCamera(sourceId) ? decodedFrameCount : 0),
    0,
  );
}

function lostPacketCount({ sources }: MixerStats): number {
  return sources.reduce((sum, source) => sum + source.lostPacketCount, 0);
}

function warningsOf({ panelists, busyRatio, lostPackets, repeatedFrames }: Run): string[] {
  return [
    ...busyWarnings(busyRatio, `${panelists} panelists`),
    ...(lostPackets > 0
      ? [`${panelists} panelists: ${lostPackets} RTP packets were lost on the way to the mixer.`]
      : []),
    ...(repeatedFrames > 0 ? [`${panelists} panelists: ${repeatedFrames} frames were repeated.`] : []),
  ];
}
