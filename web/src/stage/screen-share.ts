/** Owns the shared screen: asking the browser, its sound where offered, and its end by any of three ways. */
import { Store } from '../lib/store.ts';
import { screenProblem, unsupportedScreen, type ScreenProblem } from './screen-problem.ts';
import { screenCapture } from './simulcast.ts';

export interface ScreenState {
  readonly picture: MediaStreamTrack | undefined;
  /** Only some browsers offer it, and only for tabs or whole screens. */
  readonly sound: MediaStreamTrack | undefined;
  readonly isOpening: boolean;
  readonly problem: ScreenProblem | undefined;
}

const nothingShared: ScreenState = { picture: undefined, sound: undefined, isOpening: false, problem: undefined };

export class ScreenShare {
  readonly state = new Store<ScreenState>(nothingShared);
  #isClosed = false;

  /** Asks which screen; must be called from a click. Problems are in the state afterwards. */
  async start(): Promise<void> {
    if (this.#isClosed || this.state.value.isOpening || this.state.value.picture !== undefined) return;
    // Both are missing on phones and on insecure pages, whatever the typings say.
    const devices = navigator.mediaDevices as Partial<MediaDevices> | undefined;
    if (devices?.getDisplayMedia === undefined) {
      this.state.set({ ...nothingShared, problem: unsupportedScreen });
      return;
    }
    this.state.set({ ...nothingShared, isOpening: true });
    try {
      this.#take(await navigator.mediaDevices.getDisplayMedia(screenCapture));
    } catch (thrown) {
      this.state.set({ ...nothingShared, problem: screenProblem(thrown instanceof Error ? thrown.name : '') });
    }
  }

  /** The browser's bar goes away. Idempotent. */
  stop(): void {
    const { picture, sound } = this.state.value;
    picture?.stop();
    sound?.stop();
    this.state.set(nothingShared);
  }

  dismissProblem(): void {
    this.state.update((state) => ({ ...state, problem: undefined }));
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.stop();
  }

  #take(stream: MediaStream): void {
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (this.#isClosed || picture === undefined) {
      for (const track of stream.getTracks()) track.stop();
      this.state.set(nothingShared);
      return;
    }
    // Text must stay sharp; frames may come late.
    picture.contentHint = 'detail';
    if (sound !== undefined) sound.contentHint = 'music';
    // By the browser's own bar, or because the window shown was closed.
    picture.addEventListener('ended', () => this.#onEnded(picture), { once: true });
    this.state.set({ ...nothingShared, picture, sound });
  }

  #onEnded(picture: MediaStreamTrack): void {
    if (this.state.value.picture === picture) this.stop();
  }
}
