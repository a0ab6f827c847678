/** One viewer: waits for the event, plays it, gets it back after every failure, and says when it is over. */
import { ApiError } from '../lib/api-error.ts';
import { backoffDelayMs, endedBackoff, waitingBackoff } from '../lib/backoff.ts';
import { fetchPublicWebinar, type PublicWebinar } from '../lib/public-api.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { Store } from '../lib/store.ts';
import { rememberCaptions, rememberedCaptions } from './caption-memory.ts';
import { PlaybackControls } from './playback-controls.ts';
import { noMoments } from './moments.ts';
import { LiveKeeper } from './live-keeper.ts';
import { type PlayerSnapshot } from './player-snapshot.ts';
import { type Preview, type ProgramPlayer, type ProgramPlayerFactory } from './program-player.ts';
import { startWatch, watchProgress, type ProgressWatch } from './progress-watchdog.ts';
import {
  decideRecovery,
  healthyPlaybackMs,
  initialRecovery,
  type PlayerError,
  type RememberedError,
} from './recovery-policy.ts';
import { hasSeekBar, neighbourMark, seekTarget, type SeekView } from './seek-range.ts';
import { wallLatencyMs } from './server-clock.ts';
import { countStall, noStalls, type PlaybackSignal, type StallCounter } from './stall-counter.ts';
import { noChoices, noWishes, type StreamWishes, toggledCaptions, wishesAfter } from './stream-choices.ts';
import { createNativePlayer } from './native-player.ts';
import { readProgram } from './read-program.ts';
import { RemoteTarget } from './remote-target.ts';
import { StreamSource } from './stream-source.ts';
import { TimeShift } from './time-shift.ts';
import { TimeSync } from './time-sync.ts';
import { Beacons } from './beacons.ts';
import { PlaybackTally } from './playback-tally.ts';
import { type ViewerPass } from './viewer-pass.ts';
import { hasPlayer, nextPhase, type ViewerEvent, type ViewerPhase } from './viewer-state.ts';
import { initialView, isBehindLive, type ViewerView } from './viewer-view.ts';

const tickPeriodMs = 500;
/** This long without a stall takes back what hls.js added to its distance after stalls (llhls.md 3.3). */
const cleanPlaybackMs = 300_000;
/** Memory of errors for tests and support; the oldest go first. */
const rememberedErrorCount = 100;

export interface ViewerSessionOptions {
  readonly webinarId: string;
  /** From the link, for private webinars. */
  readonly invitation: string | undefined;
  readonly pass: ViewerPass;
  readonly video: HTMLVideoElement;
  readonly scheduler: Scheduler;
  /** Resolves to undefined when this browser can play no HLS at all. */
  readonly loadPlayer: (video: HTMLVideoElement) => Promise<ProgramPlayerFactory | undefined>;
}

export class ViewerSession {
  readonly view = new Store<ViewerView>(initialView);
  readonly controls: PlaybackControls;
  readonly errors: RememberedError[] = [];
  readonly #options: ViewerSessionOptions;
  readonly #timeSync: TimeSync;
  readonly #tally = new PlaybackTally();
  readonly #shift = new TimeShift();
  readonly #liveKeeper: LiveKeeper;
  readonly #source: StreamSource;
  readonly #remote: RemoteTarget;
  readonly #beacons: Beacons;
  readonly #abort = new AbortController();
  #phase: ViewerPhase = 'loading';
  #webinar: PublicWebinar | undefined;
  #player: ProgramPlayer | undefined;
  #playerNumber = 0;
  #wishes: StreamWishes = { ...noWishes, captions: rememberedCaptions() };
  #lastCaptions = rememberedCaptions();
  #recovery = initialRecovery;
  #stalls: StallCounter = noStalls;
  #watch: ProgressWatch;
  #healthySinceMs: number | undefined;
  #cleanSinceMs = 0;
  #pollAttempt = 0;
  #pollTimer: Timer | undefined;
  #retryTimer: Timer | undefined;
  #tickTimer: Timer | undefined;
  /** Since when there has been something to watch: opening the page counts for who finds the event live. */
  #wantsSinceMs: number | undefined;
  #fatalErrorCount = 0;

  constructor(options: ViewerSessionOptions) {
    this.#options = options;
    this.#timeSync = new TimeSync(options.scheduler);
    this.#watch = startWatch(options.scheduler.nowMs());
    this.#liveKeeper = new LiveKeeper(options.video);
    this.#source = new StreamSource({ ...options, readProgram, onReturn: () => void this.#makePlayer() });
    this.#remote = new RemoteTarget({
      ...options,
      probe: document.createElement('video'),
      onChange: () => this.#publish(),
      onEnded: () => void (hasPlayer(this.#phase) && this.#makePlayer()),
    });
    this.#beacons = new Beacons({
      webinarId: options.webinarId,
      pass: options.pass,
      tally: this.#tally,
      scheduler: options.scheduler,
    });
    this.controls = new PlaybackControls(options.video, () => this.#publish());
  }

  get stalls(): StallCounter {
    return this.#stalls;
  }

  /** Program time on screen, ms since the Unix epoch. */
  get programWallMs(): number | undefined {
    return this.#player?.snapshot().playingWallMs;
  }

  start(): void {
    const { video } = this.#options;
    const on = (type: string, handler: () => void): void =>
      video.addEventListener(type, handler, { signal: this.#abort.signal });
    on('playing', () => this.#onPlaying());
    on('waiting', () => this.#signal('waiting'));
    on('seeking', () => this.#signal('seeking'));
    on('pause', () => this.#onPause());
    on('play', () => this.controls.noteWish(true));
    on('ended', () => this.#dispatch({ type: 'program-ended' }));
    on('volumechange', () => this.#publish());
    globalThis.addEventListener('online', () => this.#retryNow(), { signal: this.#abort.signal });
    document.addEventListener('visibilitychange', () => this.#onVisibility(), { signal: this.#abort.signal });
    this.#timeSync.start();
    this.#beacons.start();
    this.#tick();
    void this.#poll();
  }

  /** Idempotent; ends every timer, listener and request of this session. */
  close(): void {
    this.#abort.abort();
    this.#beacons.close();
    this.#timeSync.close();
    for (const timer of [this.#pollTimer, this.#retryTimer, this.#tickTimer]) timer?.cancel();
    this.#source.reset();
    this.#remote.close();
    this.#dropPlayer();
  }

  /** To another screen. From a click or key: browsers show their list for nothing else. */
  cast(): void {
    if (this.#remote.isActive || !hasPlayer(this.#phase)) return;
    this.#remote.begin();
    void this.#makePlayer();
    this.#remote.choose();
  }

  goToLive(): void {
    this.#shift.end();
    this.#player?.goToLive();
    void this.controls.play();
  }

  /** Resuming a live program means resuming it live; who has gone back stays there. */
  togglePlay(): void {
    const { wantsToPlay, needsTapToPlay } = this.controls.state;
    if (wantsToPlay && !needsTapToPlay) this.controls.pause();
    else if (!this.#shift.isOn) this.goToLive();
    else void this.controls.play();
  }

  /** @param timeSec on the player's clock; the end is live. No-op without a way back. */
  seekTo(timeSec: number): void {
    const range = this.#player?.seekRange();
    if (this.#player === undefined || !hasSeekBar(range)) return;
    const target = seekTarget(range, timeSec);
    if (target === 'live') return this.goToLive();
    this.#shift.begin();
    this.#player.seekTo(target);
    this.#publish();
  }

  seekBy(seconds: number): void {
    this.seekTo(this.#options.video.currentTime + seconds);
  }

  /** Small pictures for the bar. */
  openPreview(video: HTMLVideoElement): Preview | undefined {
    return this.#player?.openPreview(video);
  }

  /** To where somebody began to speak, a slide or a question came up. */
  seekToMoment(direction: -1 | 1): void {
    const { seek } = this.view.value;
    const mark = seek && neighbourMark(seek, direction);
    if (mark !== undefined) this.seekTo(mark.timeSec);
    else if (direction > 0 && seek?.isShifted === true) this.goToLive();
  }

  /** Undefined lets the player decide. */
  chooseHeight(heightPx: number | undefined): void {
    this.#wish({ ...this.#wishes, heightPx });
  }

  chooseAudio(audioName: string): void {
    this.#wish({ ...this.#wishes, audioName });
  }

  /** Undefined switches them off. The choice is remembered for other events. */
  chooseCaptions(language: string | undefined): void {
    this.#lastCaptions = language ?? this.#lastCaptions;
    rememberCaptions(language);
    this.#wish({ ...this.#wishes, captions: language });
  }

  toggleCaptions(): void {
    this.chooseCaptions(toggledCaptions(this.view.value.choices, this.#lastCaptions));
  }

  #wish(wishes: StreamWishes): void {
    this.#wishes = wishes;
    this.#player?.setWishes(wishes);
    this.#publish();
  }

  #dispatch(event: ViewerEvent): void {
    const before = this.#phase;
    this.#phase = nextPhase(before, event);
    if (hasPlayer(before) && !hasPlayer(this.#phase)) {
      this.#source.reset();
      this.#remote.end();
      this.#dropPlayer();
    }
    if (!hasPlayer(before) && hasPlayer(this.#phase)) {
      this.#wantsSinceMs ??= before === 'loading' ? 0 : this.#options.scheduler.nowMs();
      void this.#makePlayer();
    }
    if (before !== this.#phase && !hasPlayer(this.#phase)) this.#schedulePoll(true);
    this.#publish();
  }

  async #poll(): Promise<void> {
    try {
      const webinar = await this.#fetchWebinar();
      if (this.#abort.signal.aborted) return;
      this.#webinar = webinar;
      this.#dispatch({ type: 'public-state', state: webinar.state, hasJustEnded: webinar.hasJustEnded });
    } catch (thrown) {
      if (this.#abort.signal.aborted) return;
      if (thrown instanceof ApiError && thrown.status === 404) this.#dispatch({ type: 'webinar-not-found' });
      if (isRefusal(thrown)) this.#dispatch({ type: 'refused' });
      // Otherwise no answer is no news: the page keeps what it shows and asks again.
    }
    if (!hasPlayer(this.#phase)) this.#schedulePoll(false);
  }

  #fetchWebinar(): Promise<PublicWebinar> {
    return fetchPublicWebinar(this.#options.webinarId, this.#options.invitation);
  }

  #schedulePoll(isFirst: boolean): void {
    if (this.#phase === 'unsupported' || this.#abort.signal.aborted) return;
    this.#pollAttempt = isFirst ? 0 : this.#pollAttempt + 1;
    const isRare = ['ended', 'not-found', 'refused'].includes(this.#phase);
    const delayMs = backoffDelayMs(isRare ? endedBackoff : waitingBackoff, this.#pollAttempt, Math.random());
    this.#pollTimer?.cancel();
    this.#pollTimer = this.#options.scheduler.schedule(delayMs, () => void this.#poll());
  }

  async #makePlayer(): Promise<void> {
    this.#dropPlayer();
    this.#pollTimer?.cancel();
    const number = this.#playerNumber;
    const { video } = this.#options;
    const isReplaced = (): boolean => number !== this.#playerNumber;
    try {
      const createPlayer = this.#remote.isActive ? createNativePlayer : await this.#options.loadPlayer(video);
      if (isReplaced() || this.#webinar === undefined) return;
      if (createPlayer === undefined) return this.#dispatch({ type: 'unsupported' });
      this.#watch = startWatch(this.#options.scheduler.nowMs());
      this.#player = createPlayer(video, this.#source.urlOf(this.#webinar), {
        onError: (error) => isReplaced() || this.#onPlayerError(error),
        onMoment: () => isReplaced() || this.#publish(),
        onClosedAtJoin: () => isReplaced() || this.#dispatch({ type: 'program-ended' }),
      });
      this.#remote.watch(this.#webinar.hlsUrl);
      this.#shift.playerMade();
      this.#player.setWishes(this.#wishes);
    } catch (thrown) {
      // The player's code did not load, or it refused to start.
      const details = thrown instanceof Error ? thrown.message : String(thrown);
      if (!isReplaced()) this.#onPlayerError({ kind: 'network', isFatal: true, httpStatus: undefined, details });
      return;
    }
    await this.controls.start();
  }

  #dropPlayer(): void {
    this.#playerNumber += 1;
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
    this.#healthySinceMs = undefined;
    this.#player?.destroy();
    this.#player = undefined;
    this.#signal('restarted');
  }

  #onPlayerError(error: PlayerError): void {
    const nowMs = this.#options.scheduler.nowMs();
    this.errors.push({ ...error, atMs: nowMs });
    if (this.errors.length > rememberedErrorCount) this.errors.shift();
    if (error.isFatal) this.#fatalErrorCount++;
    const { state, action } = decideRecovery(this.#recovery, error, nowMs, Math.random());
    this.#recovery = state;
    if (action.do === 'nothing') return;
    this.#healthySinceMs = undefined;
    this.#dispatch({ type: 'player-lost' });
    if (action.do === 'recover-media') this.#player?.recoverMedia();
    else if (this.#goesToStore(error, state.attempt)) this.#rebuildAfter(state.attempt === 1 ? 0 : action.delayMs);
    else if (action.do === 'rebuild') this.#rebuildAfter(action.delayMs);
    else void this.#checkEvent(action.delayMs);
  }

  #goesToStore(error: PlayerError, attempt: number): boolean {
    const lost = { error, attempt, isOnline: navigator.onLine, isShifted: this.#shift.isOn };
    return this.#source.failed(this.#webinar, lost);
  }

  async #checkEvent(delayMs: number): Promise<void> {
    const number = this.#playerNumber;
    try {
      const webinar = await this.#fetchWebinar();
      if (number !== this.#playerNumber) return;
      this.#webinar = webinar;
      this.#dispatch({ type: 'public-state', state: webinar.state, hasJustEnded: webinar.hasJustEnded });
    } catch (thrown) {
      if (number === this.#playerNumber && isRefusal(thrown)) this.#dispatch({ type: 'refused' });
      // Otherwise the server cannot be asked either: the same retry serves both.
    }
    if (number === this.#playerNumber && hasPlayer(this.#phase)) this.#rebuildAfter(delayMs);
  }

  #rebuildAfter(delayMs: number): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = this.#options.scheduler.schedule(delayMs, () => void this.#makePlayer());
    this.#publish();
  }

  /** The network came back: waiting out the delay would only be rude. */
  #retryNow(): void {
    if (this.#retryTimer !== undefined) void this.#makePlayer();
    else if (!hasPlayer(this.#phase)) void this.#poll();
  }

  #onVisibility(): void {
    this.#watch = startWatch(this.#options.scheduler.nowMs());
    if (!document.hidden && this.#player !== undefined) void this.controls.start();
  }

  #onPlaying(): void {
    const nowMs = this.#options.scheduler.nowMs();
    this.#healthySinceMs = nowMs;
    this.#tally.noteJoin(nowMs - (this.#wantsSinceMs ?? nowMs));
    this.#signal('playing');
    this.#dispatch({ type: 'first-frame' });
    this.#restoreShift();
  }

  /** Back to where the viewer had gone, when that is still there. */
  #restoreShift(): void {
    const due = this.#shift.takeDue();
    if (due === undefined) return;
    const timeSec = due.programWallMs === undefined ? undefined : this.#player?.timeOf(due.programWallMs);
    if (timeSec === undefined) this.#shift.end();
    else this.seekTo(timeSec);
  }

  /** A media key, a headset or the system paused: what the viewer wants, unless we or the browser took the player away. */
  #onPause(): void {
    const isOurs = this.#player === undefined || this.#retryTimer !== undefined || this.#phase !== 'playing';
    if (!isOurs && !document.hidden && !this.#options.video.ended) this.controls.noteWish(false);
    this.#signal('paused');
  }

  #signal(signal: PlaybackSignal): void {
    const before = this.#stalls.stallCount;
    this.#stalls = countStall(this.#stalls, signal, this.#options.scheduler.nowMs());
    if (this.#stalls.stallCount > before) this.#cleanSinceMs = this.#options.scheduler.nowMs();
    this.#publish();
  }

  #tick(): void {
    const nowMs = this.#options.scheduler.nowMs();
    const { video } = this.#options;
    const { wantsToPlay, needsTapToPlay } = this.controls.state;
    const isDue = this.#player !== undefined && this.#retryTimer === undefined;
    const shouldMove = isDue && wantsToPlay && !needsTapToPlay && !document.hidden;
    this.#watch = watchProgress(this.#watch, { nowMs, currentTimeSec: video.currentTime, shouldMove });
    if (this.#watch.isStuck) {
      this.#watch = startWatch(nowMs);
      this.#onPlayerError({ kind: 'network', isFatal: true, httpStatus: undefined, details: 'rostrumStuck' });
    }
    if (this.#healthySinceMs !== undefined && nowMs - this.#healthySinceMs > healthyPlaybackMs) {
      this.#recovery = initialRecovery;
    }
    this.#shift.note(this.programWallMs);
    const isPlaying = isDue && this.#phase === 'playing' && wantsToPlay && !video.paused;
    const kept = this.#shift.isOn ? undefined : this.#player?.snapshot();
    if (this.#liveKeeper.keep(nowMs, isPlaying, kept)) this.#player?.goToLive();
    if (nowMs - this.#cleanSinceMs > cleanPlaybackMs) {
      this.#cleanSinceMs = nowMs;
      this.#player?.resetTargetLatency();
    }
    this.#publish();
    this.#observe(nowMs);
    this.#tickTimer = this.#options.scheduler.schedule(tickPeriodMs, () => this.#tick());
  }

  #observe(nowMs: number): void {
    if (!hasPlayer(this.#phase)) return;
    const { latencyMs, heightPx } = this.view.value;
    const { video } = this.#options;
    this.#tally.observe(nowMs, {
      isPlaying: this.#phase === 'playing' && !video.paused,
      currentTimeSec: video.currentTime,
      stalls: this.#stalls,
      latencyMs,
      heightPx,
      errorCount: this.#fatalErrorCount,
    });
  }

  #publish(): void {
    const snapshot: PlayerSnapshot | undefined = this.#player?.snapshot();
    const choices = this.#player?.choices() ?? noChoices;
    this.#wishes = wishesAfter(this.#wishes, choices);
    const { scheduler, video } = this.#options;
    const wallMs = wallLatencyMs(this.#timeSync.clock, scheduler.wallMs(), snapshot?.playingWallMs);
    const isPlaying = this.#phase === 'playing' && !video.paused;
    this.view.set({
      phase: this.#phase,
      isFallback: this.#source.isFallback,
      canCast: this.#remote.isAvailable,
      isCasting: this.#remote.isActive,
      title: this.#webinar?.title ?? '',
      controls: this.controls.state,
      // Who went back is not late.
      latencyMs: this.#phase === 'playing' && !this.#shift.isOn ? (wallMs ?? snapshot?.edgeLatencyMs) : undefined,
      isBehindLive: this.#phase === 'playing' && isBehindLive(snapshot, isPlaying),
      isStalled: this.#stalls.stalledSinceMs !== undefined,
      retryCount: this.#recovery.attempt,
      heightPx: snapshot?.heightPx ?? 0,
      bitrateBps: snapshot?.bitrateBps ?? 0,
      choices,
      moments: this.#phase === 'playing' ? (this.#player?.moments() ?? noMoments) : noMoments,
      seek: this.#seekView(),
    });
  }

  #seekView(): SeekView | undefined {
    const range = this.#player?.seekRange();
    if (this.#player === undefined || !hasSeekBar(range)) return undefined;
    const positionSec = this.#options.video.currentTime;
    const shift = { isShifted: this.#shift.isOn, positionSec };
    return { ...range, ...shift, marks: this.#player.marks(), playerNumber: this.#playerNumber };
  }
}

/** The webinar is private and this link does not open it. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof ApiError && (thrown.status === 401 || thrown.status === 403);
}
