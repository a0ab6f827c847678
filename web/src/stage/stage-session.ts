/** One person on stage: signaling, media and roster tied together, rejoining by itself after every loss. */
import { mayPublish } from '../../../src/signaling/protocol/permission-of-source.ts';
import { protocolVersion } from '../../../src/signaling/protocol/version.ts';
import type { MediaSource, SourceStopReason, StageReplies } from '../../../src/signaling/protocol/index.ts';
import { ApiError, messageOf } from '../lib/api-error.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { Store } from '../lib/store.ts';
import { type LocalMedia } from './local-media.ts';
import { MediaSession } from './media-session.ts';
import { stoppedMessage } from './people/people-words.ts';
import { PeopleHost } from './people/people-host.ts';
import { ReadinessCheck } from './people/readiness-check.ts';
import { PeerStreams } from './peer-streams.ts';
import { ProgramHost } from './program/program-host.ts';
import {
  emptyRoster,
  reduceRoster,
  rosterFromJoin,
  rosterFromSnapshot,
  type Roster,
  type StageEvent,
} from './roster.ts';
import { type WantedSource } from './send-side.ts';
import { ScreenShare } from './screen-share.ts';
import { isFinalRefusal, isFinalRemoval } from './refusal.ts';
import { type ServerEvent, SignalingClient } from './signaling-client.ts';
import { type LinkHealth, type StagePhase } from './stage-status.ts';

/** From a new connection to the word whether the place is still there. */
const resumeDeadlineMs = 8000;

export interface StageView {
  readonly phase: StagePhase;
  readonly roster: Roster;
  readonly isMuted: boolean;
  readonly sendHealth: LinkHealth;
  readonly recvHealth: LinkHealth;
  /** Why the stage is closed to us (phase `refused`), or what last went wrong; shown as it is. */
  readonly message: string | undefined;
}

export interface StageSessionOptions {
  readonly webinarId: string;
  readonly token: string;
  readonly media: LocalMedia;
  readonly scheduler: Scheduler;
  readonly isRelayOnly: boolean;
  /** See client-id.ts; undefined where a browser cannot be told from others. */
  readonly clientId: Promise<string | undefined>;
}

export class StageSession {
  readonly view = new Store<StageView>({
    phase: 'pre-join',
    roster: emptyRoster,
    isMuted: false,
    sendHealth: 'healthy',
    recvHealth: 'healthy',
    message: undefined,
  });
  readonly streams = new PeerStreams();
  readonly screen = new ScreenShare();
  /** For hosts; the server refuses everybody else. */
  readonly program: ProgramHost;
  readonly people: PeopleHost;
  /** Runs while one waits in the green room. */
  readonly readiness: ReadinessCheck;
  readonly #options: StageSessionOptions;
  readonly #signaling: SignalingClient;
  readonly #endWatches: readonly (() => void)[];
  #media: MediaSession | undefined;
  #displayName: string | undefined;
  /** Counts connections, so that a join that was overtaken by the next one stops. */
  #connectionNumber = 0;
  /** The place on stage that the server keeps for this page when the connection is lost. */
  #kept: StageReplies['join']['session'] | undefined;
  /** Of the newest event that was taken. */
  #lastNumber = 0;
  #resumeTimer: Timer | undefined;
  readonly #tileHeights = new Map<string, number | null>();

  constructor(options: StageSessionOptions) {
    this.#options = options;
    this.#signaling = new SignalingClient({
      token: options.token,
      resume: () => this.#kept && { ...this.#kept, lastNumber: this.#lastNumber },
      scheduler: options.scheduler,
      listener: {
        // Who has a place to come back to is answered by an event.
        onConnected: () => (this.#kept === undefined ? void this.#join() : this.#awaitResume()),
        onDisconnected: () => this.#onDisconnected(),
        onRefused: (error) => this.#end('refused', error.message),
        onEvent: (event, number) => this.#onServerEvent(event, number),
      },
    });
    const { webinarId, token } = options;
    const report = (message: string | undefined): void => this.#patch({ message });
    this.program = new ProgramHost({ signaling: this.#signaling, webinarId, token, report });
    this.people = new PeopleHost({ signaling: this.#signaling, report });
    this.readiness = new ReadinessCheck({
      scheduler: options.scheduler,
      look: () => ({
        hasMicrophone: options.media.state.value.microphone.track !== undefined,
        hasCamera: options.media.state.value.camera.track !== undefined,
        transport: this.#media?.send.link.transport,
      }),
      report: (readiness) => this.#signaling.request('reportReadiness', readiness),
    });
    this.#endWatches = [
      options.media.state.subscribe(() => {
        this.#applyMute();
        this.#syncSources();
      }),
      this.screen.state.subscribe(() => this.#syncSources()),
    ];
  }

  /** For the debug object: the transports and producers of the running join. */
  get media(): MediaSession | undefined {
    return this.#media;
  }

  /** As it was said at the door; undefined before. */
  get displayName(): string | undefined {
    return this.#displayName;
  }

  join(displayName: string): void {
    this.#displayName = displayName;
    this.#patch({ phase: 'joining', message: undefined });
    this.#signaling.connect();
  }

  setMuted(isMuted: boolean): void {
    this.#patch({ isMuted });
    this.#applyMute();
    this.#syncSources();
  }

  /** Host only. */
  async setLive(live: boolean): Promise<void> {
    try {
      const { state } = await this.#signaling.request('setLive', { live });
      this.view.update((view) => ({ ...view, roster: { ...view.roster, webinarState: state }, message: undefined }));
    } catch (thrown) {
      this.#patch({ message: `${live ? 'Going live' : 'Ending the event'} failed: ${messageOf(thrown)}` });
    }
  }

  /** How high somebody's tile is, in pixels of the screen, null while it is not on it: decides which layer is sent. */
  setTile(peerId: string, heightPx: number | null): void {
    this.#tileHeights.set(peerId, heightPx);
    this.#media?.recv.setTile(peerId, heightPx);
  }

  /** The network may be another: everything is looked for anew, media as well. */
  renewConnection(): void {
    this.#signaling.renew();
  }

  dismissMessage(): void {
    this.#patch({ message: undefined });
  }

  async leave(): Promise<void> {
    // The server hears it either from this request or from the closed connection.
    if (this.view.value.phase === 'joined') await this.#signaling.request('leave', {}).catch(() => undefined);
    this.#end('left', undefined);
  }

  /** Idempotent. */
  close(): void {
    this.#end('left', undefined);
  }

  async #join(): Promise<void> {
    const number = ++this.#connectionNumber;
    const { scheduler, isRelayOnly, clientId: awaitedClientId } = this.#options;
    const isOvertaken = (): boolean => number !== this.#connectionNumber;
    this.#media?.close();
    try {
      const clientId = await awaitedClientId;
      if (isOvertaken()) return;
      const reply = await this.#signaling.request('join', {
        protocolVersion,
        ...(this.#displayName === undefined ? {} : { displayName: this.#displayName }),
        ...(clientId === undefined ? {} : { clientId }),
      });
      this.#kept = reply.session;
      this.#lastNumber = 0;
      // At once: events that follow the reply change this roster.
      this.#patch({ roster: rosterFromJoin(reply) });
      const media = await MediaSession.create(reply, {
        signaling: this.#signaling,
        scheduler,
        isRelayOnly,
        streams: this.streams,
        giveUp: () => this.#startOver(),
        onRefused: (source, error) => isOvertaken() || this.#onSourceRefused(source, error),
        onHealth: (direction, health) =>
          isOvertaken() || this.#patch(direction === 'send' ? { sendHealth: health } : { recvHealth: health }),
      });
      if (isOvertaken()) return media.close();
      this.#media = media;
      this.#patch({
        phase: 'joined',
        sendHealth: 'healthy',
        recvHealth: 'healthy',
        message: undefined,
      });
      this.#signaling.resetBackoff();
      for (const [peerId, heightPx] of this.#tileHeights) media.recv.setTile(peerId, heightPx);
      media.setRoster(this.view.value.roster);
      media.setSources(this.#wantedSources());
      this.readiness.setRunning(this.view.value.roster.place === 'greenRoom');
    } catch (thrown) {
      if (isOvertaken()) return;
      // Anything but an answer of the server comes from this browser and would only repeat itself.
      if (!(thrown instanceof ApiError) || isFinalRefusal(thrown.code)) return this.#end('refused', messageOf(thrown));
      this.#patch({ message: messageOf(thrown) });
      this.#startOver();
    }
  }

  /** Gives the place up and joins anew. */
  #startOver(): void {
    this.#kept = undefined;
    this.#signaling.reconnect();
  }

  #awaitResume(): void {
    this.#resumeTimer?.cancel();
    this.#resumeTimer = this.#options.scheduler.schedule(resumeDeadlineMs, () => this.#startOver());
  }

  #onServerEvent(event: ServerEvent, number: number | undefined): void {
    // Came before the connection was lost.
    if (number !== undefined && number <= this.#lastNumber) return;
    this.#lastNumber = number ?? this.#lastNumber;
    switch (event.name) {
      case 'resumed':
        return this.#onResumed();
      case 'snapshot': {
        this.#lastNumber = event.payload.number;
        const roster = rosterFromSnapshot(this.view.value.roster, event.payload);
        this.#patch({ roster });
        this.#media?.setRoster(roster);
        return this.#onResumed();
      }
      case 'sessionLost':
        this.#resumeTimer?.cancel();
        this.#kept = undefined;
        this.#signaling.dropRequests();
        return void this.#join();
      default:
        return this.#onEvent(event);
    }
  }

  /** The same place, with everything that was missed; media went on meanwhile. */
  #onResumed(): void {
    this.#resumeTimer?.cancel();
    this.#signaling.resetBackoff();
    this.#signaling.resendRequests();
    this.#media?.resume();
    this.#patch({ phase: 'joined' });
    this.readiness.setRunning(this.view.value.roster.place === 'greenRoom');
  }

  #onSourceRefused(source: MediaSource, error: Error): void {
    // Else the browser's bar would say that something is shared.
    if (source === 'screen') this.screen.stop();
    const what = source === 'screenAudio' ? 'sound of the screen' : source;
    this.#patch({ message: `The ${what} cannot be sent: ${error.message}` });
  }

  #onDisconnected(): void {
    // A join under way has no answer any more; a place that is kept goes on as it is.
    if (this.#kept === undefined) this.#connectionNumber += 1;
    this.#resumeTimer?.cancel();
    this.#media?.suspend();
    this.readiness.setRunning(false);
    this.#patch({ phase: this.view.value.phase === 'joining' ? 'joining' : 'reconnecting' });
  }

  #onEvent(event: StageEvent): void {
    if (event.name === 'removed') {
      // Else the server closes the connection next, and the client comes back by itself.
      const { code, message } = event.payload;
      if (code === 'SIGNALING_REPLACED') this.#end('replaced', undefined);
      else if (isFinalRemoval(code)) this.#end('refused', message);
      return;
    }
    if (event.name === 'sourceStopped') return this.#onSourceStopped(event.payload.source, event.payload.reason);
    if (event.name === 'transportClosed') return this.#media?.onServerTransportClosed(event.payload.transportId);
    if (event.name === 'consumerClosed') return this.#media?.recv.onConsumerClosed(event.payload.consumerId);
    if (event.name === 'layersWanted')
      return this.#media?.send.onLayersWanted(event.payload.producerId, event.payload.spatialLayer);
    if (event.name === 'peerLeft') this.#tileHeights.delete(event.payload.peerId);
    const roster = reduceRoster(this.view.value.roster, event);
    if (roster === this.view.value.roster) return;
    this.#patch({ roster });
    this.#media?.setRoster(roster);
    if (event.name === 'peerChanged') this.#syncSources();
    if (event.name !== 'placeChanged') return;
    this.readiness.setRunning(roster.place === 'greenRoom');
    // On the way there the server closed what was sent.
    if (roster.place === 'greenRoom') this.#media?.send.produceAgain();
  }

  /** Somebody who may has stopped it: off here too, so that the page shows what is true. */
  #onSourceStopped(source: MediaSource, reason: SourceStopReason): void {
    if (source === 'microphone') this.setMuted(true);
    if (source === 'camera') this.#options.media.stop('camera');
    if (source === 'screen') this.screen.stop();
    this.#patch({ message: stoppedMessage(source, reason) });
  }

  #wantedSources(): ReadonlyMap<MediaSource, WantedSource> {
    const { microphone, camera } = this.#options.media.state.value;
    const { picture, sound } = this.screen.state.value;
    const { permissions } = this.view.value.roster;
    const wanted: [MediaSource, WantedSource][] = [
      ['microphone', { track: microphone.track, isPaused: this.view.value.isMuted }],
      ['camera', { track: camera.track, isPaused: false }],
      ['screen', { track: picture, isPaused: false }],
      ['screenAudio', { track: sound, isPaused: false }],
    ];
    return new Map(
      wanted.map(([source, { track, isPaused }]) => [
        source,
        { track: mayPublish(permissions, source) ? track : undefined, isPaused },
      ]),
    );
  }

  #syncSources(): void {
    this.#media?.setSources(this.#wantedSources());
  }

  /** Also while there is no producer to pause: muted means no sound leaves the microphone. */
  #applyMute(): void {
    const { track } = this.#options.media.state.value.microphone;
    if (track !== undefined) track.enabled = !this.view.value.isMuted;
  }

  #end(phase: 'left' | 'replaced' | 'refused', message: string | undefined): void {
    this.#connectionNumber += 1;
    this.#kept = undefined;
    this.#resumeTimer?.cancel();
    this.#signaling.close();
    for (const endWatch of this.#endWatches) endWatch();
    this.readiness.close();
    this.#media?.close();
    this.#media = undefined;
    this.#options.media.close();
    this.screen.close();
    this.#patch({ phase, message });
  }

  #patch(patch: Partial<StageView>): void {
    this.view.update((view) => ({ ...view, ...patch }));
  }
}
