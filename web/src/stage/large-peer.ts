/** Who is large in the speaker view. Pure; who speaks is decided by the server, which does not switch on every word. */

export interface LargePeerChoice {
  readonly peerIds: readonly string[];
  readonly activeSpeakerPeerId: string | null;
  readonly selfPeerId: string | undefined;
  /** Who was large until now. */
  readonly previousId: string | undefined;
}

/** Who speaks, never oneself; in silence and while one speaks oneself, who was large before; at first, who came first. */
export function largePeer({
  peerIds,
  activeSpeakerPeerId,
  selfPeerId,
  previousId,
}: LargePeerChoice): string | undefined {
  if (activeSpeakerPeerId !== null && activeSpeakerPeerId !== selfPeerId && peerIds.includes(activeSpeakerPeerId))
    return activeSpeakerPeerId;
  return previousId !== undefined && peerIds.includes(previousId) ? previousId : peerIds[0];
}
