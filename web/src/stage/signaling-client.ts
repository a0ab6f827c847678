/** Typed client of the `/stage` namespace: one deadline per request, coded errors, endless reconnecting. */
import { io, type Socket } from 'socket.io-client';
import type {
  StageEventName,
  StageReplies,
  StageReply,
  StageRequest,
  StageRequestName,
} from '../../../src/signaling/protocol/index.ts';
import { ApiError } from '../lib/api-error.ts';
import { backoffDelayMs, stageBackoff } from '../lib/backoff.ts';
import { isRecord } from '../lib/http.ts';
import { type Scheduler, type Timer } from '../lib/scheduler.ts';
import { isFinalRefusal } from './refusal.ts';
import { type StageEvent } from './roster.ts';

const requestDeadlineMs = 10_000;
/** Going live waits for the mixer to start. */
const setLiveDeadlineMs = 35_000;

const eventNames: Readonly<Record<StageEventName, true>> = {
  peerJoined: true,
  peerLeft: true,
  producerAdded: true,
  producerPaused: true,
  producerResumed: true,
  producerClosed: true,
  consumerClosed: true,
  transportClosed: true,
  activeSpeaker: true,
  webinarState: true,
  programChanged: true,
  audienceChanged: true,
  removed: true,
};

export interface SignalingListener {
  /** Also after every reconnect: the server has forgotten the peer, so join again. */
  onConnected(): void;
  /** Not called for `close()`. The client is already trying again. */
  onDisconnected(): void;
  /** The server will not have us; no more tries. */
  onRefused(error: ApiError): void;
  onEvent(event: StageEvent): void;
}

/** Owns one socket; ended by `close()`. */
export class SignalingClient {
  readonly #socket: Socket;
  readonly #listener: SignalingListener;
  readonly #scheduler: Scheduler;
  #retryTimer: Timer | undefined;
  #retryAttempt = 0;
  #isClosed = false;

  constructor(token: string, scheduler: Scheduler, listener: SignalingListener) {
    this.#listener = listener;
    this.#scheduler = scheduler;
    this.#socket = io('/stage', {
      transports: ['websocket'],
      auth: { token },
      autoConnect: false,
      forceNew: true,
      timeout: 8000,
      reconnectionDelay: stageBackoff.firstDelayMs,
      reconnectionDelayMax: stageBackoff.maxDelayMs,
      randomizationFactor: stageBackoff.jitterRatio,
    });
    this.#socket.on('connect', () => listener.onConnected());
    this.#socket.on('disconnect', (reason) => this.#onDisconnect(reason));
    this.#socket.on('connect_error', (error) => this.#onConnectError(error));
    for (const name of Object.keys(eventNames)) {
      this.#socket.on(name, (payload: unknown) => {
        if (isRecord(payload)) listener.onEvent({ name, payload } as unknown as StageEvent);
      });
    }
  }

  connect(): void {
    this.#socket.connect();
  }

  /** The join succeeded: the next loss starts again with short delays. */
  resetBackoff(): void {
    this.#retryAttempt = 0;
  }

  /** Drops the connection and makes a new one after a delay that grows until `resetBackoff`, so that both sides start clean. */
  reconnect(): void {
    // Not connected: already on the way back.
    if (this.#isClosed || !this.#socket.connected) return;
    this.#socket.disconnect();
    this.#listener.onDisconnected();
    this.#retryLater();
  }

  /** @throws ApiError with the server's code, or WEB_NETWORK when no answer came in time. */
  async request<Name extends StageRequestName>(name: Name, payload: StageRequest<Name>): Promise<StageReplies[Name]> {
    const deadlineMs = name === 'setLive' ? setLiveDeadlineMs : requestDeadlineMs;
    let reply: StageReply<Name>;
    try {
      reply = (await this.#socket.timeout(deadlineMs).emitWithAck(name, payload)) as StageReply<Name>;
    } catch (cause) {
      throw new ApiError('WEB_NETWORK', 'The server did not answer in time.', undefined, { cause });
    }
    if (reply.ok) return reply.data;
    throw new ApiError(reply.error.code, reply.error.message);
  }

  /** Idempotent; nothing is called on the listener afterwards. */
  close(): void {
    this.#isClosed = true;
    this.#retryTimer?.cancel();
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }

  #onDisconnect(reason: Socket.DisconnectReason): void {
    // `reconnect()` reports by itself.
    if (reason === 'io client disconnect') return;
    this.#listener.onDisconnected();
    // socket.io does not come back by itself when the server closed the connection.
    if (reason === 'io server disconnect') this.#retryLater();
  }

  #onConnectError(error: Error): void {
    // Still active: a transport problem, and socket.io tries again. Else the server's check refused us.
    if (this.#socket.active) return;
    const data = 'data' in error && isRecord(error.data) ? error.data : {};
    const code = typeof data['code'] === 'string' ? data['code'] : 'WEB_REFUSED';
    const message = typeof data['message'] === 'string' ? data['message'] : error.message;
    if (isFinalRefusal(code)) this.#listener.onRefused(new ApiError(code, message));
    else this.#retryLater();
  }

  #retryLater(): void {
    this.#retryTimer?.cancel();
    const delayMs = backoffDelayMs(stageBackoff, this.#retryAttempt, Math.random());
    this.#retryAttempt += 1;
    this.#retryTimer = this.#scheduler.schedule(delayMs, () => this.#socket.connect());
  }
}
