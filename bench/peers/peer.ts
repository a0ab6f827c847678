/** What a peer is: another way to make the same program from the same panelists, started for real and measured. */
import { type LadderRung } from '../../src/mixer/index.ts';
import { type ProgramMedia } from '../lib/program-judge.ts';
import { type SyntheticPanelist } from '../lib/synthetic-panelist.ts';

/** `preset`: x264's veryfast and zerolatency as they are. `ours`: with what our encoder leaves out of them. */
export type EncoderSettings = 'preset' | 'ours';

/** What our encoder changes in the preset (src/mixer/ffmpeg/encoder-command.ts), by x264's own names. */
export const ourX264Changes = { subme: '1', partitions: 'none' } as const;

/** Threads of x264; our encoder gives one to sizes up to 720 lines, and there are no larger ones here. */
export const x264ThreadCounts: Readonly<Record<EncoderSettings, number>> = { preset: 2, ours: 1 };

/** The program that is wanted of everybody. */
export interface PeerWork {
  /** The first is in the large tile. */
  readonly people: readonly SyntheticPanelist[];
  readonly canvas: { readonly width: number; readonly height: number; readonly frameRate: number };
  readonly rungs: readonly LadderRung[];
  readonly audioBitsPerSec: number;
  readonly gopFrameCount: number;
  readonly encoder: EncoderSettings;
  /** How long it has to run at least. */
  readonly seconds: number;
  /** For its files; emptied by the caller. */
  readonly directory: string;
}

export interface RunningPeer {
  /** All work is done by these and by what is below them. */
  readonly pids: readonly number[];
  /** MPEG-TS files that grow. */
  readonly outputs: ProgramMedia & { readonly video: readonly string[]; readonly audio: string };
  /** @throws Error with the last words of whatever ended by itself */
  assertRunning(): void;
  /** Ends the outputs in good order where that is possible within seconds. Idempotent. */
  stop(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  /** What is measured, in words. */
  readonly how: string;
  /** Programs and Debian packages they are in. */
  readonly needs: Readonly<Record<string, string>>;
  /** @throws Error when it does not start; what it started is ended then */
  start(work: PeerWork): Promise<RunningPeer>;
}

/** Names of the output files in the directory of the work. Pure. */
export function outputFiles({ rungs, directory }: Pick<PeerWork, 'rungs' | 'directory'>): RunningPeer['outputs'] {
  return { video: rungs.map(({ height }) => `${directory}/${height}p.ts`), audio: `${directory}/audio.ts` };
}
