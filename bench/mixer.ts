/** Bench `mixer`: cores that one composite takes in real time, in every size we make, and next to what others do. */
import { ladderOf, ladderText, type MixerConfig, mixerConfigSchema } from '../src/mixer/index.ts';
import { defineBench, type BenchContext } from './lib/bench.ts';
import { busyWarnings } from './lib/machine-load.ts';
import {
  type Feeds,
  measureMixer,
  type MixerRunFigures,
  nameOf,
  statsPeriodSec,
  warningsOf,
} from './lib/measure-mixer.ts';
import { type JudgedLayout } from './lib/program-judge.ts';
import { prepareDecoders } from './lib/mixer-under-load.ts';
import { round } from './lib/percentiles.ts';
import {
  gridLayer,
  makeSyntheticPanelist,
  syntheticCamera,
  thumbnailLayer,
  type SyntheticPanelist,
} from './lib/synthetic-panelist.ts';
import { chromiumPeer } from './peers/chromium.ts';
import { gstreamerPeer } from './peers/gstreamer.ts';
import { measurePeer, missingFor, type PeerFigures } from './peers/measure-peer.ts';
import { type EncoderSettings } from './peers/peer.ts';

interface PlannedRun {
  readonly panelists: number;
  readonly feeds: Feeds;
  readonly config: MixerConfig;
  readonly layout?: JudgedLayout;
}

/** One figure to hold against the others: ours over theirs. */
interface PeerRatio extends PeerFigures {
  readonly ratio: number;
  readonly encoder: EncoderSettings;
}

interface Comparison {
  /** Before, between and after the peers. */
  readonly ours: readonly MixerRunFigures[];
  readonly peers: readonly PeerRatio[];
  /** Why a peer has no figure: it could not do the work here and now. */
  readonly failedPeers: readonly string[];
}

const oneSize = mixerConfigSchema.parse({ ladder: '1280x720:2500000' });
/** 720p, 432p, 234p. */
const usual = mixerConfigSchema.parse({});
/** And 1080p above them. */
const large = mixerConfigSchema.parse({ width: 1920, height: 1080 });

const plan: readonly PlannedRun[] = [
  ...[1, 3, 5].map((panelists): PlannedRun => ({ panelists, feeds: 'simulcast', config: oneSize })),
  // 720p for every tile is what a mixer without simulcast would decode.
  { panelists: 3, feeds: 'all720p', config: oneSize },
  { panelists: 5, feeds: 'simulcast', config: usual },
  { panelists: 5, feeds: 'simulcast', config: large },
];
/** Only by `--panelists`: a grid of nine decodes the most that there can be, twelve are mixed, nine of them seen. */
const fullStages: readonly PlannedRun[] = [9, 12].map((panelists) => ({
  ...{ panelists, feeds: 'all360p', config: usual, layout: 'grid' },
}));
/** Measured a second time behind the peers: the two frame whatever the machine did meanwhile. */
const peersRun: PlannedRun = { panelists: 5, feeds: 'simulcast', config: usual };
const gopSec = 2;

type Options = 'seconds' | 'panelists' | 'peers';

export const mixerBench = defineBench<Options>({
  name: 'mixer',
  summary: 'cores of one composite in real time, whole process tree, for 1, 3 and 5 panelists, up to four sizes',
  peer: 'LiveKit egress reserves 4 cores for a room composite (its code, Aug 2026), OpenVidu 2.0; a user measured 1.5-2 on average (egress#908).',
  options: {
    seconds: { fallback: 20, min: statsPeriodSec, max: 600, help: 'how long to measure each, rounded up to fives' },
    panelists: {
      fallback: 0,
      min: 0,
      max: 12,
      help: 'only this many: 1, 3, 5, or a grid of 9 or 12; 0 measures 1, 3 and 5',
    },
    peers: { fallback: 0, min: 0, max: 1, help: 'the same program by Chromium and by GStreamer as well', isFlag: true },
  },
  async run(context) {
    const { options, note } = context;
    const isWithPeers = options.peers === 1;
    if (isWithPeers) assertPeersThere();
    const runsPlanned =
      options.panelists === 0
        ? plan
        : [...plan, ...fullStages].filter(({ panelists }) => panelists === options.panelists);
    if (runsPlanned.length === 0) throw new Error('There are runs of 1, 3, 5, 9 and 12 panelists only.');
    const isFull = runsPlanned.some(({ feeds }) => feeds === 'all360p');
    if (isFull && isWithPeers) throw new Error('The peers are measured with five panelists.');
    const count = isWithPeers ? peersRun.panelists : Math.max(...runsPlanned.map(({ panelists }) => panelists));
    const layers: { readonly high: SyntheticPanelist; readonly low: SyntheticPanelist }[] = [];
    for (let index = 0; index < count; index++) {
      note(`encoding panelist ${index + 1}`);
      const [identity, toneHz] = [index + 1, 400 + 170 * index];
      const high = await makeSyntheticPanelist(identity, toneHz, isFull ? gridLayer : syntheticCamera);
      layers.push({ high, low: isFull ? high : await makeSyntheticPanelist(identity, toneHz, thumbnailLayer) });
    }
    const decoders = await prepareDecoders(usual);
    const peopleOf = ({ panelists, feeds }: PlannedRun): SyntheticPanelist[] =>
      // The first to join is in the large tile: nobody else is reported as speaking.
      layers.slice(0, panelists).map(({ high, low }, index) => (index === 0 || feeds !== 'simulcast' ? high : low));
    const measure = async (planned: PlannedRun): Promise<MixerRunFigures> => {
      const { panelists: _count, ...run } = planned;
      const figures = await measureMixer(context, { people: peopleOf(planned), decoders, ...run }, options.seconds);
      const { cores, lateTickRatio, busyRatio } = figures;
      note(
        `${nameOf(planned.panelists, planned.config)}: ${cores} cores, late ${lateTickRatio}, machine busy ${busyRatio}`,
      );
      return figures;
    };
    const runs: MixerRunFigures[] = [];
    for (const planned of runsPlanned) runs.push(await measure(planned));
    const comparison = isWithPeers
      ? await comparePeers(context, () => measure(peersRun), peopleOf(peersRun))
      : undefined;
    return {
      fields: { runs, ...comparison },
      conditions: {
        source: isFull
          ? `noisy ${gridLayer.width}x${gridLayer.height} at ${gridLayer.frameRate}/s for every tile, VP8 of ${megabits(layers.map(({ high }) => high))} Mbit/s, Opus; replayed as RTP from memory, outside of the measured tree`
          : `noisy ${syntheticCamera.width}x${syntheticCamera.height} at ${syntheticCamera.frameRate}/s for the large tile, ${thumbnailLayer.width}x${thumbnailLayer.height} for thumbnails, VP8 of ${megabits(layers.map(({ high }) => high))} and ${megabits(layers.map(({ low }) => low))} Mbit/s, Opus; replayed as RTP from memory, outside of the measured tree`,
        output: `ladder of the last run ${ladderText(ladderOf(large))} at ${usual.frameRate}/s, H.264, AAC ${usual.audioBitsPerSec} bit/s`,
        decoderSandbox: decoders.sandbox.level,
        checked: 'every panelist seen moving in a tile of their own in every size, and heard',
      },
      warnings: [
        ...runs.flatMap(warningsOf),
        ...(comparison?.ours ?? []).flatMap(warningsOf),
        ...(comparison?.peers ?? []).flatMap(peerWarnings),
        ...(comparison?.failedPeers ?? []),
      ],
    };
  },
});

const peers = [gstreamerPeer, chromiumPeer];

function assertPeersThere(): void {
  const missing = missingFor(peers);
  if (missing.length > 0) throw new Error(`--peers needs more than Rostrum does: apt-get install ${missing.join(' ')}`);
}

/**
 * Each peer with the encoder's settings as they are in its preset, and with ours: the latter leaves only the mixing to
 * compare. Ours is measured before and after them.
 */
async function comparePeers(
  context: BenchContext<Options>,
  measureOurs: () => Promise<MixerRunFigures>,
  people: readonly SyntheticPanelist[],
): Promise<Comparison> {
  const { config } = peersRun;
  const work = {
    people,
    canvas: config,
    rungs: ladderOf(config),
    audioBitsPerSec: config.audioBitsPerSec,
    gopFrameCount: gopSec * config.frameRate,
  };
  const ours = [await measureOurs()];
  const failedPeers: string[] = [];
  const theirs: (PeerFigures & { readonly encoder: EncoderSettings })[] = [];
  for (const encoder of ['preset', 'ours'] as const) {
    for (const peer of peers) {
      const name = encoder === 'preset' ? peer.name : `${peer.name} with our x264 settings`;
      try {
        const figures = await measurePeer(context, peer, { ...work, encoder }, context.options.seconds);
        context.note(`${name}: ${figures.cores} cores, machine busy ${figures.busyRatio}`);
        theirs.push({ encoder, ...figures, name });
      } catch (error) {
        context.signal.throwIfAborted();
        // A peer that cannot do it is no reason to lose what was measured.
        failedPeers.push(`${name} could not be measured: ${(error as Error).message}`);
        context.note(failedPeers.at(-1)!);
      }
    }
    ours.push(await measureOurs());
  }
  const ourCores = ours.reduce((sum, { cores }) => sum + cores, 0) / ours.length;
  const peerRatios = theirs.map((figures) => ({ ...figures, ratio: round(ourCores / figures.cores, 3) }));
  return { ours, peers: peerRatios, failedPeers };
}

function peerWarnings({ name, busyRatio, framesPerSec, freshRatio, doubt }: PeerRatio): string[] {
  const isSlow = framesPerSec.some((rate) => rate < 0.98 * usual.frameRate);
  return [
    ...busyWarnings(busyRatio, name),
    ...(isSlow ? [`${name}: encoded only ${framesPerSec.join(', ')} pictures per second.`] : []),
    ...(doubt === null ? [] : [`${name}: ${doubt}`]),
    ...(freshRatio !== null && freshRatio < 0.9
      ? [`${name}: only ${freshRatio} of its pictures of the large tile were new.`]
      : []),
  ];
}

function megabits(people: readonly SyntheticPanelist[]): string {
  return people.map(({ videoBitsPerSec }) => round(videoBitsPerSec / 1e6, 2)).join(', ');
}
