/** Puts `window.rostrumStage` in place; see debug.ts for its shape. */
import { inboundStreams, outboundLayers, selectedPair } from './debug-stats.ts';
import { type RostrumStageDebug } from './debug.ts';
import { type StageSession } from './stage-session.ts';
import { recordsOf } from './stats-records.ts';

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
  } satisfies RostrumStageDebug;
}
