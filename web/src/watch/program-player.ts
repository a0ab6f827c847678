/** What the viewer session needs from a player, whichever plays: hls.js or the browser itself. */
import { type Moments } from './moments.ts';
import { type PlayerSnapshot } from './player-snapshot.ts';
import { type PlayerError } from './recovery-policy.ts';
import { type SeekMark, type SeekRange } from './seek-range.ts';
import { type StreamChoices, type StreamWishes } from './stream-choices.ts';

export interface ProgramPlayerEvents {
  onError(error: PlayerError): void;
  /** The playlist was already closed when it was first read. */
  onClosedAtJoin(): void;
  /** Playback has come to where a date range begins or ends. */
  onMoment(): void;
}

export interface Preview {
  /** The newest wish counts. @param timeSec on the player's clock */
  show(timeSec: number): void;
  /** Idempotent. */
  close(): void;
}

/** Made for one element and one URL; destroyed, never reused. */
export interface ProgramPlayer {
  /** Once per fatal media error; see recovery-policy. */
  recoverMedia(): void;
  /** Live, and after the live edge from then on. */
  goToLive(): void;
  /** Undefined while unknown. */
  seekRange(): SeekRange | undefined;
  /** From there on, without running after the live edge. Within `seekRange`. */
  seekTo(timeSec: number): void;
  /** The place on the player's clock of a program time, ms since the Unix epoch; undefined when it is not in the program. */
  timeOf(programWallMs: number): number | undefined;
  /** In order of time. */
  marks(): readonly SeekMark[];
  /** Pictures of any place in another element; undefined where there are none. It ends with the player. */
  openPreview(video: HTMLVideoElement): Preview | undefined;
  /** The player widened its distance after stalls; a long clean stretch takes that back. */
  resetTargetLatency(): void;
  snapshot(): PlayerSnapshot;
  choices(): StreamChoices;
  /** Of what is heard now. */
  moments(): Moments;
  /** Holds as soon as the program is known; what it does not have is ignored. */
  setWishes(wishes: StreamWishes): void;
  /** Idempotent. */
  destroy(): void;
}

export type ProgramPlayerFactory = (video: HTMLVideoElement, url: string, events: ProgramPlayerEvents) => ProgramPlayer;
