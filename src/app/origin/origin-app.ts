/** An origin process: serves the programs that another process packages, and nothing else. */
import { systemClock } from '../../core/clock.ts';
import { Lifecycle } from '../../core/lifecycle.ts';
import { type Logger } from '../../core/logger.ts';
import { Metrics } from '../../core/metrics.ts';
import { createHlsOrigin, OriginReplica } from '../../hls/index.ts';
import { type Config } from '../config.ts';
import { openDvrStores } from '../dvr-stores.ts';
import { appError } from '../errors.ts';
import { createHealthRouter } from '../health.ts';
import { HttpServer } from '../http/http-server.ts';
import { tlsOf } from '../http/tls-of.ts';
import { type ForwardedRequest, TrustedProxies } from '../http/trusted-proxies.ts';
import { version } from '../version.ts';
import { FeedClient } from './feed-client.ts';
import { RemoteGate } from './remote-gate.ts';

export class OriginApp extends Lifecycle {
  readonly #config: Config;
  readonly #logger: Logger;

  constructor(config: Config, logger: Logger) {
    super({ closeDeadlineMs: 15_000 });
    this.#config = config;
    this.#logger = logger;
  }

  /** @returns what to tell the person at the terminal. @throws coded errors that name the fix */
  async start(): Promise<string> {
    this.advanceTo('starting');
    const { app, hls } = this.#config;
    const { originLeaderUrl, originKey } = app;
    if (originLeaderUrl === undefined || originKey === undefined) throw appError('ORIGIN_NOT_CONFIGURED');
    const leaderUrl = originLeaderUrl.replace(/\/$/, '');
    const common = { clock: systemClock, logger: this.#logger, metrics: new Metrics() };
    common.metrics.collectProcessMetrics();
    const proxies = new TrustedProxies(app.trustedProxies);
    const origin = createHlsOrigin({
      ...{ config: hls, ...common, access: new RemoteGate(leaderUrl, systemClock) },
      clientKeyOf: (sender: ForwardedRequest) => proxies.clientAddressOf(sender),
    });
    this.own('origin', () => origin.close());
    const dvrStores = await openDvrStores(this.#config, app.dataDir, { isWritten: false });
    this.own('DVR stores', () => dvrStores.close());
    const replica = new OriginReplica({
      origin,
      dvrStoreOf: (sessionId) => dvrStores.of(sessionId),
      clock: systemClock,
    });
    const feed = new FeedClient({ leaderUrl, originKey, replica, ...common });
    const http = new HttpServer({
      ...{ host: app.httpHost, port: app.httpPort, ...common, tls: tlsOf(app, origin) },
      hls: (request, response) => void origin.handle(request, response),
      handlers: [
        createHealthRouter({
          metrics: common.metrics,
          version,
          checks: { feed: () => (replica.isInStep ? undefined : 'the process that packages does not answer') },
        }),
      ],
    });
    feed.start();
    this.own('feed', (reason) => feed.close(reason));
    this.own('http', (reason) => http.close(reason));
    await http.start();
    this.advanceTo('running');
    return `\nOrigin of ${leaderUrl} is running on port ${http.port}.\nStop with Ctrl+C.`;
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#logger.error({ part: name, error }, 'part did not close cleanly');
  }
}
