/** What a player can say about the moment on screen. */

export interface PlayerSnapshot {
  /** Program date-time of the picture on screen, ms since the Unix epoch. */
  readonly playingWallMs: number | undefined;
  /** How far the player itself believes to be behind the live edge, ms. */
  readonly edgeLatencyMs: number | undefined;
  readonly targetLatencyMs: number | undefined;
  readonly heightPx: number;
  readonly bitrateBps: number;
}
