/** Play, sound and volume of the video element, with the rules browsers have about starting sound by themselves. */

import { type PlaybackState } from './playback-state.ts';

export class PlaybackControls {
  readonly #video: HTMLVideoElement;
  readonly #onChange: () => void;
  #wantsToPlay = true;
  #needsTapForSound = false;
  #needsTapToPlay = false;

  constructor(video: HTMLVideoElement, onChange: () => void) {
    this.#video = video;
    this.#onChange = onChange;
  }

  get state(): PlaybackState {
    return {
      wantsToPlay: this.#wantsToPlay,
      isMuted: this.#video.muted || this.#video.volume === 0,
      volume: this.#video.volume,
      needsTapForSound: this.#needsTapForSound,
      needsTapToPlay: this.#needsTapToPlay,
    };
  }

  /** Plays with sound, else muted, else waits for a tap. */
  async start(): Promise<void> {
    if (!this.#wantsToPlay) return;
    if (await this.#tryToPlay()) this.#needsTapToPlay = false;
    else if (!this.#video.muted) await this.#startMuted();
    else this.#needsTapToPlay = true;
    this.#onChange();
  }

  /** From a tap or key: sound is now allowed. */
  async play(): Promise<void> {
    this.#wantsToPlay = true;
    this.#needsTapToPlay = !(await this.#tryToPlay());
    this.#onChange();
  }

  /** The element was started or paused from outside of the page's own buttons. */
  noteWish(wantsToPlay: boolean): void {
    this.#wantsToPlay = wantsToPlay;
    this.#onChange();
  }

  pause(): void {
    this.#wantsToPlay = false;
    this.#video.pause();
    this.#onChange();
  }

  setMuted(isMuted: boolean): void {
    this.#video.muted = isMuted;
    if (!isMuted && this.#video.volume === 0) this.#video.volume = 0.5;
    this.#needsTapForSound = false;
    this.#onChange();
  }

  setVolume(volume: number): void {
    this.#video.volume = Math.min(1, Math.max(0, volume));
    this.#video.muted = this.#video.volume === 0;
    this.#needsTapForSound = false;
    this.#onChange();
  }

  async #startMuted(): Promise<void> {
    this.#video.muted = true;
    const isPlaying = await this.#tryToPlay();
    this.#needsTapForSound = isPlaying;
    this.#needsTapToPlay = !isPlaying;
    if (!isPlaying) this.#video.muted = false;
  }

  /** @returns false only when the browser's autoplay rule refused. */
  async #tryToPlay(): Promise<boolean> {
    try {
      await this.#video.play();
      return true;
    } catch (thrown) {
      // AbortError means the source was changed under the call: whoever changed it plays again.
      return !(thrown instanceof DOMException && thrown.name === 'NotAllowedError');
    }
  }
}
