/**
 * One rendition as hls.js follows it in low-latency mode: blocking reloads in a chain on one connection, delta updates, and
 * every part that is listed, one after the other, on another connection.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { HttpConnection, type HttpReply } from './http-connection.ts';
import { machineMs, partNumber } from './messages.ts';
import { type ListedPart, type PlaylistState, type PlaylistStates } from './playlist-states.ts';

/** After a failure hls.js waits this long (its retry policy for 5xx). */
const retryMs = 1000;
/** Further behind than this the player would seek to the live edge and leave parts out. */
const maxQueuedPartCount = 12;

export interface FollowerListener {
  response(reply: HttpReply): void;
  part(number: number, atMs: number, sinceLastMs: number | undefined): void;
  failed(what: string): void;
}

export class RenditionFollower {
  readonly #path: string;
  readonly #states: PlaylistStates;
  readonly #listener: FollowerListener;
  readonly #playlists: HttpConnection;
  readonly #media: HttpConnection;
  #queue: ListedPart[] = [];
  #isLoading = false;
  #isClosed = false;
  #newest = -1;
  #lastPartAtMs: number | undefined;
  #isFollowing = false;

  constructor(options: { port: number; path: string; states: PlaylistStates; listener: FollowerListener }) {
    this.#path = options.path;
    this.#states = options.states;
    this.#listener = options.listener;
    this.#playlists = new HttpConnection(options.port);
    this.#media = new HttpConnection(options.port);
  }

  /** True once a playlist was read, until something fails. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Runs until `close`. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#follow();
      } catch (error) {
        if (this.#isClosed) return;
        this.#isFollowing = false;
        this.#listener.failed((error as Error).message);
        await delay(retryMs);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#playlists.close();
    this.#media.close();
  }

  async #follow(): Promise<void> {
    let state = await this.#loadPlaylist(this.#path);
    if (state.mapUri !== undefined) await this.#load(this.#media, this.#resolve(state.mapUri), false);
    // Playback begins some parts behind the end; what is older is left out.
    const first = state.parts.at(-3);
    if (this.#newest < 0 && first !== undefined) this.#newest = numberOf(first) - 1;
    for (;;) {
      this.#isFollowing = true;
      this.#enqueue(state);
      state = await this.#loadPlaylist(`${this.#path}?${state.nextDirectives}`);
    }
  }

  #enqueue({ parts }: PlaylistState): void {
    for (const part of parts) {
      const number = numberOf(part);
      if (number <= this.#newest) continue;
      this.#newest = number;
      this.#queue.push(part);
    }
    if (this.#queue.length > maxQueuedPartCount) {
      this.#listener.failed('fell behind and left parts out');
      this.#queue = this.#queue.slice(-3);
    }
    if (!this.#isLoading) void this.#loadQueue();
  }

  async #loadQueue(): Promise<void> {
    this.#isLoading = true;
    try {
      for (let part = this.#queue.shift(); part !== undefined; part = this.#queue.shift()) {
        await this.#load(this.#media, this.#resolve(part.uri), false);
        const atMs = machineMs();
        this.#listener.part(numberOf(part), atMs, this.#lastPartAtMs && atMs - this.#lastPartAtMs);
        this.#lastPartAtMs = atMs;
      }
    } catch (error) {
      if (!this.#isClosed) this.#listener.failed((error as Error).message);
    } finally {
      this.#isLoading = false;
    }
  }

  async #loadPlaylist(path: string): Promise<PlaylistState> {
    return this.#states.read(await this.#load(this.#playlists, path, true));
  }

  async #load(connection: HttpConnection, path: string, keepsBody: boolean): Promise<HttpReply> {
    const reply = await connection.get(path, keepsBody);
    this.#listener.response(reply);
    if (reply.status !== 200) throw new Error(`status ${reply.status}`);
    return reply;
  }

  #resolve(uri: string): string {
    return `${this.#path.slice(0, this.#path.lastIndexOf('/') + 1)}${uri}`;
  }
}

function numberOf({ mediaSequenceNumber, partIndex }: ListedPart): number {
  return partNumber(mediaSequenceNumber, partIndex);
}
