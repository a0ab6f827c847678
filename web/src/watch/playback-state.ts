/** Play, sound and volume as the page shows them. */

export interface PlaybackState {
  /** What the viewer wants; the element may be paused for other reasons. */
  readonly wantsToPlay: boolean;
  readonly isMuted: boolean;
  /** 0..1 */
  readonly volume: number;
  /** The browser refused sound: playing muted until the viewer taps. */
  readonly needsTapForSound: boolean;
  /** The browser refused to play at all until the viewer taps. */
  readonly needsTapToPlay: boolean;
}
