/** The shape of `window.rostrumStage`: a read-only look at the stage for automated tests and support. */
import { type CandidatePairStats, type InboundStats, type OutboundLayerStats } from './debug-stats.ts';
import { type StagePhase } from './stage-status.ts';

export interface StageStats {
  /** Of the send transport; null before it is connected. */
  readonly selectedCandidatePair: CandidatePairStats | null;
  readonly recvSelectedCandidatePair: CandidatePairStats | null;
  /** One entry per simulcast layer and one for the microphone. */
  readonly outbound: readonly OutboundLayerStats[];
  readonly inbound: readonly InboundStats[];
}

export interface RostrumStageDebug {
  readonly state: StagePhase;
  /** Null before the first join; another one after each rejoin. */
  readonly peerId: string | null;
  /** Empty lists while there is no transport. */
  stats(): Promise<StageStats>;
}

declare global {
  /** Of pages; undefined elsewhere. */
  var rostrumStage: RostrumStageDebug | undefined;
}
