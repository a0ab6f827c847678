/** Measures one run of our mixer: cores of its process tree, lateness, and whether it really mixed. */
import { ladderOf, type MixerConfig, type MixerStats } from '../../src/mixer/index.ts';
import { type ProcessInfo } from '../../test/support/processes.ts';
import { type BenchContext } from './bench.ts';
import { busyWarnings, watchMachine } from './machine-load.ts';
import { isCamera, MixerUnderLoad, type MixerUnderLoadOptions } from './mixer-under-load.ts';
import { round } from './percentiles.ts';
import { coresBetween, sampleTree } from './process-cpu.ts';
import { judgeOrDoubt, type JudgedLayout } from './program-judge.ts';
import { syntheticCamera } from './synthetic-panelist.ts';

/** How often the mixer tells its totals; the measured time is a multiple of it. */
export const statsPeriodSec = 5;
/** Pictures decoded of pictures sent: below it the mixer did not do all of the work. */
const minDecodedRatio = 0.98;

/** `simulcast`: 720p for the large tile, 180p for thumbnails, as the SFU sends them; `all360p`: the middle layer, for a grid. */
export type Feeds = 'simulcast' | 'all720p' | 'all360p';

export interface MixerRunFigures {
  readonly panelists: number;
  readonly feeds: Feeds;
  readonly layout: JudgedLayout;
  /** Of the canvas. */
  readonly size: string;
  readonly renditions: number;
  readonly cores: number;
  readonly coresByKind: Readonly<Record<string, number>>;
  readonly frames: number;
  readonly lateTickRatio: number;
  /** Pictures encoded per second; the frame rate in real time. */
  readonly framesPerSec: number;
  readonly repeatedFrames: number;
  readonly lostPackets: number;
  readonly decodedPicturesPerSec: number;
  /** Different pictures of the large tile per picture of the program, 0..1. */
  readonly freshRatio: number | null;
  /** Why this was not the program that was wanted; null when it was. */
  readonly doubt: string | null;
  readonly busyRatio: number;
}

export async function measureMixer(
  { note, defer }: Pick<BenchContext, 'note' | 'defer'>,
  options: MixerUnderLoadOptions & { readonly feeds: Feeds },
  seconds: number,
): Promise<MixerRunFigures> {
  const { people, config, feeds, layout = 'spotlight' } = options;
  const mixer = new MixerUnderLoad(options);
  defer(() => mixer.close());
  mixer.start();
  note(`mixer: ${nameOf(people.length, config)}: measuring for ${seconds} s`);
  // The first totals come when the start is 5 s old.
  const before = await mixer.nextStats();
  const { pid } = mixer;
  const cpuBefore = sampleTree(pid, kindOf);
  const machine = watchMachine();
  let after = before;
  for (let leftSec = seconds; leftSec > 0; leftSec -= statsPeriodSec) after = await mixer.nextStats();
  const cpuAfter = sampleTree(pid, kindOf);
  const { busyRatio } = machine();
  const verdict = await judgeOrDoubt(mixer.tail.media(), people, config, layout);
  await mixer.close();
  const elapsedSec = (cpuAfter.atMs - cpuBefore.atMs) / 1000;
  const decodedPicturesPerSec = (decodedPictureCount(after) - decodedPictureCount(before)) / elapsedSec;
  const frames = after.frameCount - before.frameCount;
  return {
    panelists: people.length,
    feeds,
    layout,
    size: `${config.width}x${config.height}`,
    renditions: ladderOf(config).length,
    ...coresBetween(cpuBefore, cpuAfter),
    frames,
    framesPerSec: round(frames / elapsedSec, 2),
    lateTickRatio: round((after.lateTickCount - before.lateTickCount) / frames, 5),
    repeatedFrames: after.repeatedFrameCount - before.repeatedFrameCount,
    lostPackets: lostPacketCount(after) - lostPacketCount(before),
    decodedPicturesPerSec: round(decodedPicturesPerSec, 1),
    ...verdict,
    busyRatio,
  };
}

export function nameOf(panelists: number, config: MixerConfig): string {
  const sizes = ladderOf(config).map(({ height }) => `${height}p`);
  return `${panelists} panelist(s) to ${sizes.join('+')}`;
}

/** Places of each layout: whoever is in none is not decoded. */
const maxDecodedCount: Readonly<Record<JudgedLayout, number>> = { spotlight: 5, grid: 9 };

/** What a reader must know of a run. */
export function warningsOf(run: MixerRunFigures): string[] {
  const { panelists, layout, size, renditions, busyRatio, lostPackets, repeatedFrames, decodedPicturesPerSec, doubt } =
    run;
  const decodedCount = Math.min(panelists, maxDecodedCount[layout]);
  const name = `${panelists} panelist(s), ${size}, ${renditions} size(s)`;
  return [
    ...busyWarnings(busyRatio, name),
    ...(doubt === null ? [] : [`${name}: ${doubt}`]),
    ...(decodedPicturesPerSec < decodedCount * syntheticCamera.frameRate * minDecodedRatio
      ? [`${name}: only ${decodedPicturesPerSec} pictures per second were decoded.`]
      : []),
    ...(lostPackets > 0 ? [`${name}: ${lostPackets} RTP packets were lost on the way to the mixer.`] : []),
    ...(repeatedFrames > 0 ? [`${name}: ${repeatedFrames} frames were repeated.`] : []),
  ];
}

/** Whatever shuts a decoder in has the decoder's arguments. */
function kindOf({ args }: ProcessInfo): string {
  if (args.includes('libx264')) return 'encoder';
  return args.includes('ivf') ? 'decoders' : 'node';
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
