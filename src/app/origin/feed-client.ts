/** Listens to the process that packages: whatever ends the connection, there is the next. */
import { type Clock } from '../../core/clock.ts';
import { type CloseReason, Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { pause } from '../../core/pause.ts';
import { FrameReader, type OriginReplica } from '../../hls/index.ts';
import { appError } from '../errors.ts';
import { feedPath } from './feed-route.ts';

/** Frames come every second at least. */
const silenceMs = 4000;
const firstPauseMs = 250;
const longestPauseMs = 2000;

export interface FeedClientOptions {
  /** Scheme and authority of the process that packages. */
  readonly leaderUrl: string;
  readonly originKey: string;
  readonly replica: OriginReplica;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class FeedClient extends Lifecycle {
  readonly #options: FeedClientOptions;
  readonly #stop = new AbortController();
  #isTold = false;

  constructor(options: FeedClientOptions) {
    super({ clock: options.clock });
    this.#options = options;
  }

  /** Returns at once. */
  start(): void {
    const running = this.#run();
    this.own('feed', async (_reason: CloseReason) => {
      this.#stop.abort();
      await running;
    });
    this.advanceTo('running');
  }

  async #run(): Promise<void> {
    const { clock, replica, logger } = this.#options;
    for (let failures = 0; !this.#stop.signal.aborted; failures++) {
      try {
        await this.#listen(() => (failures = 0));
      } catch (error) {
        // Once per outage: the next tries fail for the same reason.
        if (!this.#stop.signal.aborted && !this.#isTold)
          logger.warn({ error }, 'the feed of programs is lost; trying again');
        this.#isTold = true;
      } finally {
        // Not in step any more, from now on and not from the next try on.
        replica.reset();
      }
      const waitMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10));
      await pause(clock, waitMs, this.#stop.signal);
    }
  }

  async #listen(onInStep: () => void): Promise<void> {
    const { leaderUrl, originKey, replica, clock, logger } = this.#options;
    const silent = new AbortController();
    let timer = clock.schedule(silenceMs, () => silent.abort());
    try {
      const response = await fetch(`${leaderUrl}${feedPath}`, {
        headers: { authorization: `Bearer ${originKey}` },
        signal: AbortSignal.any([this.#stop.signal, silent.signal]),
      });
      if (response.status !== 200 || response.body === null)
        throw appError('ORIGIN_FEED_REFUSED', { details: { status: response.status } });
      const reader = new FrameReader();
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        timer.cancel();
        for (const frame of reader.push(chunk)) replica.take(frame);
        // Behind it: all of a long program takes a while.
        timer = clock.schedule(silenceMs, () => silent.abort());
        if (!replica.isInStep) continue;
        onInStep();
        if (this.#isTold) logger.info({}, 'the feed of programs is back');
        this.#isTold = false;
      }
      throw appError('ORIGIN_FEED_REFUSED', { message: 'The feed of programs ended.' });
    } finally {
      timer.cancel();
    }
  }
}
