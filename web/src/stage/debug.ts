/** `window.rostrumStage`: a read-only look at the stage for automated tests and support; no control goes through it. */
import {
  inboundStreams,
  outboundLayers,
  selectedPair,
  type CandidatePairStats,
  type InboundStats,
  type OutboundLayerStats,
  type StatsRecord,
} from './debug-stats.ts';
import { type StageSession } from './stage-session.ts';
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
  interface Window {
    rostrumStage?: RostrumStageDebug;
  }
}

export function exposeStageDebug(session: StageSession): void {
  window.rostrumStage = {
    get state() {
      return session.view.value.phase;
    },
    get peerId() {
      return session.view.value.roster.selfPeerId ?? null;
    },
    stats: async () => {
      const send = await recordsOf(session.media?.send.link.transport);
      const recv = await recordsOf(session.media?.recv.link.transport);
      return {
        selectedCandidatePair: selectedPair(send) ?? null,
        recvSelectedCandidatePair: selectedPair(recv) ?? null,
        outbound: outboundLayers(send),
        inbound: inboundStreams(recv),
      };
    },
  };
}

async function recordsOf(
  transport: { readonly closed: boolean; getStats(): Promise<RTCStatsReport> } | undefined,
): Promise<readonly StatsRecord[]> {
  if (transport === undefined || transport.closed) return [];
  const report = await transport.getStats();
  const records: StatsRecord[] = [];
  report.forEach((record: StatsRecord) => records.push(record));
  return records;
}
