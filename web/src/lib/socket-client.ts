/** Client of one socket.io namespace: one deadline per request, coded errors, endless reconnecting. */
import { io, type Socket } from 'socket.io-client';
import { ApiError } from './api-error.ts';
import { backoffDelayMs, type BackoffPolicy, stageBackoff } from './backoff.ts';
import { isRecord } from './http.ts';
import { type Scheduler, type Timer } from './scheduler.ts';

export interface SocketListener<Event> {
  /** Also after every reconnect: the server has forgotten who this is, so join again. */
  onConnected(): void;
  /** Not called for `close()`. The client is already trying again. */
  onDisconnected(): void;
  /** The server will not have us; no more tries. */
  onRefused(error: ApiError): void;
  /** The server refused, and is asked again later. */
  onRetry?(code: string): void;
  onEvent(event: Event): void;
}

export interface SocketClientOptions<Event> {
  readonly namespace: '/stage' | '/audience';
  /** Asked for before each connection. */
  readonly token: () => Promise<string>;
  readonly eventNames: readonly string[];
  readonly deadlineMsOf: (request: string) => number;
  readonly isFinalRefusal: (code: string) => boolean;
  /** Of the stage unless said. */
  readonly backoff?: BackoffPolicy;
  readonly scheduler: Scheduler;
  readonly listener: SocketListener<Event>;
}

/** What the server acknowledges every request with. */
type Reply =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** Owns one socket; ended by `close()`. */
export class SocketClient<Event extends { readonly name: string; readonly payload: unknown }> {
  readonly #options: SocketClientOptions<Event>;
  readonly #socket: Socket;
  readonly #backoff: BackoffPolicy;
  #retryTimer: Timer | undefined;
  #retryAttempt = 0;
  #isClosed = false;

  constructor(options: SocketClientOptions<Event>) {
    const { listener, token, backoff = stageBackoff } = options;
    this.#options = options;
    this.#backoff = backoff;
    this.#socket = io(options.namespace, {
      transports: ['websocket'],
      auth: (give) => {
        // Without one the server refuses, and the refusal is handled like any other.
        token().then(
          (value) => give({ token: value }),
          () => give({}),
        );
      },
      autoConnect: false,
      forceNew: true,
      timeout: 8000,
      reconnectionDelay: backoff.firstDelayMs,
      reconnectionDelayMax: backoff.maxDelayMs,
      randomizationFactor: backoff.jitterRatio,
    });
    this.#socket.on('connect', () => listener.onConnected());
    this.#socket.on('disconnect', (reason) => this.#onDisconnect(reason));
    this.#socket.on('connect_error', (error) => this.#onConnectError(error));
    for (const name of options.eventNames) {
      this.#socket.on(name, (payload: unknown) => {
        if (isRecord(payload)) listener.onEvent({ name, payload } as unknown as Event);
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
    this.#options.listener.onDisconnected();
    this.#retryLater();
  }

  /** @throws ApiError with the server's code, or WEB_NETWORK when no answer came in time. */
  async request(name: string, payload: unknown): Promise<unknown> {
    let reply: Reply;
    try {
      const timeoutMs = this.#options.deadlineMsOf(name);
      reply = (await this.#socket.timeout(timeoutMs).emitWithAck(name, payload)) as Reply;
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
    this.#options.listener.onDisconnected();
    // socket.io does not come back by itself when the server closed the connection.
    if (reason === 'io server disconnect') this.#retryLater();
  }

  #onConnectError(error: Error): void {
    // Still active: a transport problem, and socket.io tries again. Else the server's check refused us.
    if (this.#socket.active) return;
    const data = 'data' in error && isRecord(error.data) ? error.data : {};
    const code = typeof data['code'] === 'string' ? data['code'] : 'WEB_REFUSED';
    const message = typeof data['message'] === 'string' ? data['message'] : error.message;
    const { listener, isFinalRefusal } = this.#options;
    if (isFinalRefusal(code)) return listener.onRefused(new ApiError(code, message));
    listener.onRetry?.(code);
    this.#retryLater();
  }

  #retryLater(): void {
    this.#retryTimer?.cancel();
    const delayMs = backoffDelayMs(this.#backoff, this.#retryAttempt, Math.random());
    this.#retryAttempt += 1;
    this.#retryTimer = this.#options.scheduler.schedule(delayMs, () => this.#socket.connect());
  }
}
