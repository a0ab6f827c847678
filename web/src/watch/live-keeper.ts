/** Keeps a viewer at the distance that the playlist asks for: a little faster when near, a jump when far. */
import { bufferedAheadMs, catchUpRate } from './catch-up.ts';
import { initialLiveEdgeWatch, watchLiveEdge } from './live-edge.ts';
import { type PlayerSnapshot } from './player-snapshot.ts';

export class LiveKeeper {
  readonly #video: HTMLVideoElement;
  #liveEdge = initialLiveEdgeWatch;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /**
   * To be called every now and then.
   * @param snapshot undefined for who is not to be kept live
   * @returns true when the player has to jump
   */
  keep(nowMs: number, isPlaying: boolean, snapshot: PlayerSnapshot | undefined): boolean {
    const { edgeLatencyMs, targetLatencyMs } = snapshot ?? {};
    const { playbackRate } = this.#video;
    const aheadMs = bufferedAheadMs(this.#video);
    const rate = catchUpRate({ edgeLatencyMs, targetLatencyMs, aheadMs, rate: playbackRate });
    if (playbackRate !== rate) this.#video.playbackRate = rate;
    this.#liveEdge = watchLiveEdge(this.#liveEdge, { nowMs, isPlaying, edgeLatencyMs, targetLatencyMs });
    return this.#liveEdge.shouldJump;
  }
}
