/**
 * Another screen in the house, where the browser knows one: AirPlay of Safari, remote playback (Chromecast) of Chrome. Neither
 * takes over what a script feeds to the element, so that the browser's own HLS has to play meanwhile.
 */
import { type Scheduler, type Timer } from '../lib/scheduler.ts';

/** Nobody looks at a list of screens for longer. */
const chooseDeadlineMs = 60_000;

interface Listenable {
  addEventListener(type: string, listener: (event: object) => void, options: { readonly signal: AbortSignal }): void;
}

/** The part of a video element that is about other screens; what Safari calls it is not in the DOM typings. */
export interface RemoteVideo extends Listenable {
  src: string;
  preload: string;
  disableRemotePlayback?: boolean;
  canPlayType(type: string): string;
  removeAttribute(name: string): void;
  readonly remote?: Listenable & {
    watchAvailability(callback: (isAvailable: boolean) => void): Promise<number>;
    prompt(): Promise<void>;
  };
  webkitShowPlaybackTargetPicker?(): void;
  readonly webkitCurrentPlaybackTargetIsWireless?: boolean;
}

export interface RemoteTargetOptions {
  readonly video: RemoteVideo;
  /** An element that plays nothing: only of such a one do browsers say whether there is a screen. */
  readonly probe: RemoteVideo;
  readonly scheduler: Scheduler;
  readonly onChange: () => void;
  /** It is over, or nothing was chosen: play here again. */
  readonly onEnded: () => void;
}

export class RemoteTarget {
  readonly #options: RemoteTargetOptions;
  readonly #abort = new AbortController();
  #isAvailable = false;
  #isActive = false;
  #isConnected = false;
  #chooseTimer: Timer | undefined;

  constructor(options: RemoteTargetOptions) {
    this.#options = options;
  }

  /** There is a screen to choose. */
  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  /** The program goes there, or somebody is just choosing. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** @param url what would be played there */
  watch(url: string): void {
    const { video, probe } = this.#options;
    const { signal } = this.#abort;
    // Whatever the browser cannot play by itself no other screen can.
    if (signal.aborted || probe.src !== '' || probe.canPlayType('application/vnd.apple.mpegurl') === '') return;
    probe.preload = 'none';
    probe.src = url;
    if (video.webkitShowPlaybackTargetPicker !== undefined) this.#watchAirPlay(signal);
    else if (video.remote !== undefined) this.#watchRemotePlayback(video.remote, signal);
  }

  /** From a click. Call `choose` at once when the browser's own HLS plays. */
  begin(): void {
    this.#isActive = true;
    // hls.js says so where it feeds a ManagedMediaSource, and never takes it back.
    this.#options.video.disableRemotePlayback = false;
    this.#options.onChange();
  }

  /** The browser shows its list. */
  choose(): void {
    const { video, scheduler } = this.#options;
    this.#chooseTimer = scheduler.schedule(chooseDeadlineMs, () => this.#end());
    if (video.webkitShowPlaybackTargetPicker !== undefined) video.webkitShowPlaybackTargetPicker();
    // Refused or closed without a choice.
    else video.remote?.prompt().catch(() => this.#end());
  }

  /** There is nothing to be played there any more. */
  end(): void {
    this.#chooseTimer?.cancel();
    this.#isActive = false;
    this.#isConnected = false;
  }

  close(): void {
    this.#abort.abort();
    this.#chooseTimer?.cancel();
    this.#options.probe.removeAttribute('src');
  }

  #watchAirPlay(signal: AbortSignal): void {
    const { video, probe } = this.#options;
    probe.addEventListener(
      'webkitplaybacktargetavailabilitychanged',
      (event) => this.#setAvailable((event as { availability?: string }).availability === 'available'),
      { signal },
    );
    video.addEventListener(
      'webkitcurrentplaybacktargetiswirelesschanged',
      () => this.#setConnected(video.webkitCurrentPlaybackTargetIsWireless === true),
      { signal },
    );
  }

  #watchRemotePlayback(remote: Listenable, signal: AbortSignal): void {
    const { probe } = this.#options;
    // Where it cannot be told there is no button.
    probe.remote?.watchAvailability((isAvailable) => this.#setAvailable(isAvailable)).catch(() => undefined);
    remote.addEventListener('connect', () => this.#setConnected(true), { signal });
    remote.addEventListener('disconnect', () => this.#setConnected(false), { signal });
  }

  #setAvailable(isAvailable: boolean): void {
    if (this.#abort.signal.aborted) return;
    this.#isAvailable = isAvailable;
    this.#options.onChange();
  }

  #setConnected(isConnected: boolean): void {
    if (isConnected) this.#chooseTimer?.cancel();
    else if (this.#isConnected) this.#end();
    this.#isConnected = isConnected;
  }

  #end(): void {
    if (!this.#isActive || this.#abort.signal.aborted) return;
    this.end();
    this.#options.onEnded();
  }
}
