/** Client of one socket.io namespace: one deadline per request, coded errors, endless reconnecting. */
import { io, type Socket } from 'socket.io-client';
import { ApiError } from './api-error.ts';
import { backoffDelayMs, type BackoffPolicy, stageBackoff } from './backoff.ts';
import { isRecord } from './http.ts';
import { type Scheduler, type Timer } from './scheduler.ts';

export interface SocketListener<Event> {
  /** Also after every reconnect. */
  onConnected(): void;
  /** Not called for `close()`. The client is already trying again. */
  onDisconnected(): void;
  /** The server will not have us; no more tries. */
  onRefused(error: ApiError): void;
  /** The server refused, and is asked again later. */
  onRetry?(code: string): void;
  /** @param number of the event, where the server numbers them */
  onEvent(event: Event, number: number | undefined): void;
}

export interface SocketClientOptions<Event> {
  readonly namespace: '/stage' | '/audience';
  /** Asked for before each connection: the token, and what to resume. */
  readonly auth: () => Promise<Readonly<Record<string, unknown>>>;
  /**
   * Requests without an answer are kept over a lost connection, for `resendRequests` or `dropRequests`; the server knows
   * them by their id. Otherwise they fail with the connection.
   */
  readonly keepsRequests?: boolean;
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

interface PendingRequest {
  readonly requestId: string;
  readonly name: string;
  readonly payload: unknown;
  readonly timer: Timer;
  resolve(reply: unknown): void;
  reject(error: ApiError): void;
}

/** Owns one socket; ended by `close()`. */
export class SocketClient<Event extends { readonly name: string; readonly payload: unknown }> {
  readonly #options: SocketClientOptions<Event>;
  readonly #socket: Socket;
  readonly #backoff: BackoffPolicy;
  /** Tells this page's requests from those of the page before it. */
  readonly #pageId = Math.random().toString(36).slice(2);
  readonly #pending = new Map<string, PendingRequest>();
  #requestCount = 0;
  #retryTimer: Timer | undefined;
  #retryAttempt = 0;
  #isClosed = false;

  constructor(options: SocketClientOptions<Event>) {
    const { listener, auth, backoff = stageBackoff } = options;
    this.#options = options;
    this.#backoff = backoff;
    this.#socket = io(options.namespace, {
      transports: ['websocket'],
      auth: (give) => {
        // Without one the server refuses, and the refusal is handled like any other.
        auth().then(give, () => give({}));
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
      this.#socket.on(name, (payload: unknown, number: unknown) => {
        if (!isRecord(payload)) return;
        listener.onEvent({ name, payload } as unknown as Event, typeof number === 'number' ? number : undefined);
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

  /** Another network, perhaps: a new connection at once, without a word to the server about the old one. */
  renew(): void {
    if (!this.#isClosed && this.#socket.connected) this.#socket.io.engine.close();
  }

  /** @throws ApiError with the server's code, or WEB_NETWORK when no answer came in time. */
  request(name: string, payload: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const requestId = `${this.#pageId}-${this.#requestCount++}`;
      const fail = (): void => this.#settle(requestId)?.reject(noAnswer());
      const timer = this.#options.scheduler.schedule(this.#options.deadlineMsOf(name), fail);
      const pending = { requestId, name, payload, timer, resolve, reject };
      this.#pending.set(requestId, pending);
      if (this.#socket.connected) this.#send(pending);
      else if (this.#options.keepsRequests !== true) fail();
    });
  }

  /** The server still knows us: what it has not answered goes again. */
  resendRequests(): void {
    for (const pending of this.#pending.values()) this.#send(pending);
  }

  /** The server has forgotten us, and with us what it was asked. */
  dropRequests(): void {
    for (const { requestId } of [...this.#pending.values()]) this.#settle(requestId)?.reject(noAnswer());
  }

  /** Idempotent; nothing is called on the listener afterwards. */
  close(): void {
    this.#isClosed = true;
    this.#retryTimer?.cancel();
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
    this.dropRequests();
  }

  #send({ requestId, name, payload }: PendingRequest): void {
    this.#socket.emit(name, payload, { requestId }, (reply: Reply) => {
      const pending = this.#settle(requestId);
      if (reply.ok) pending?.resolve(reply.data);
      else pending?.reject(new ApiError(reply.error.code, reply.error.message));
    });
  }

  /** Undefined for one that was answered before. */
  #settle(requestId: string): PendingRequest | undefined {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    pending?.timer.cancel();
    return pending;
  }

  #onDisconnect(reason: Socket.DisconnectReason): void {
    if (this.#options.keepsRequests !== true || reason === 'io client disconnect') this.dropRequests();
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

function noAnswer(): ApiError {
  return new ApiError('WEB_NETWORK', 'The server did not answer in time.');
}
