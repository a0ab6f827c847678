/** Puts the HTTP side together: HLS apart (most requests), then health, API, recordings' media, pages. */
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type Metrics } from '../../core/metrics.ts';
import { type HlsOrigin, type OriginFeed } from '../../hls/index.ts';
import { type AudienceService } from '../audience/audience-service.ts';
import { type AccessTokens } from '../auth/access-tokens.ts';
import { type ApiKeyGuard } from '../auth/api-key.ts';
import { type PlaybackGate } from '../auth/playback-gate.ts';
import { type Config } from '../config.ts';
import { createHealthRouter, type ReadinessCheck } from '../health.ts';
import { createFeedRouter } from '../origin/feed-route.ts';
import { type ProgramControl } from '../program/program-control.ts';
import { type AttendanceStore } from '../store/attendance-store.ts';
import { type TimedTextDesk } from '../timed-text/timed-text-desk.ts';
import { type WebinarStore } from '../store/webinar-store.ts';
import { version } from '../version.ts';
import { type RecordingCatalog } from '../webinars/recording-catalog.ts';
import { type WebinarService } from '../webinars/webinar-service.ts';
import { audienceRoutes } from './audience-routes.ts';
import { createApiRouter } from './api-router.ts';
import { HttpServer } from './http-server.ts';
import { createOpenApiRouter } from './openapi-router.ts';
import { createPagesRouter } from './pages.ts';
import { createRecordingMediaRouter } from './recording-media.ts';
import { captionRoutes } from './caption-routes.ts';
import { languageRoutes } from './language-routes.ts';
import { markRoutes } from './mark-routes.ts';
import { playbackRoutes } from './playback-routes.ts';
import { programRoutes } from './program-routes.ts';
import { recordingRoutes } from './recording-routes.ts';
import { RouteGuard, type RouteGuardOptions } from './route-guard.ts';
import { tlsOf } from './tls-of.ts';
import { type TrustedProxies } from './trusted-proxies.ts';
import { webinarRoutes } from './webinar-routes.ts';

export interface CreateHttpServerOptions {
  readonly config: Config['app'];
  /** Where viewers get the program from, when that is not here. */
  readonly hlsPublicUrl: string | undefined;
  /** Where viewers find plain HLS when the program cannot be reached there. */
  readonly hlsStoreUrl: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: WebinarStore;
  readonly webinars: WebinarService;
  readonly tokens: AccessTokens;
  readonly gate: PlaybackGate;
  readonly catalog: RecordingCatalog;
  readonly control: ProgramControl;
  readonly audience: AudienceService;
  readonly attendance: AttendanceStore;
  readonly timedText: TimedTextDesk;
  readonly apiKey: ApiKeyGuard;
  readonly permissionsOf: RouteGuardOptions['permissionsOf'];
  readonly proxies: TrustedProxies;
  readonly origin: HlsOrigin;
  /** For other processes that serve the same programs. */
  readonly feed: OriginFeed;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
}

export function createHttpServer(options: CreateHttpServerOptions): HttpServer {
  const { config, hlsPublicUrl, hlsStoreUrl, clock, logger, metrics, store, webinars, tokens, gate, catalog } = options;
  const { inviteLifetimeHours } = config;
  const wallMs = () => clock.wallMs();
  const routes = [
    ...webinarRoutes({ store, service: webinars, tokens, gate, inviteLifetimeHours, wallMs }),
    ...playbackRoutes({ ...config, hlsPublicUrl, hlsStoreUrl, store, service: webinars, tokens, gate, wallMs }),
    ...languageRoutes({ store, service: webinars }),
    ...captionRoutes({ store, desk: options.timedText }),
    ...markRoutes({ desk: options.timedText }),
    ...programRoutes({ control: options.control }),
    ...audienceRoutes({ audience: options.audience, attendance: options.attendance, store, tokens }),
    ...recordingRoutes({ catalog, tokens, wallMs }),
  ];
  return new HttpServer({
    host: config.httpHost,
    port: config.httpPort,
    mediaOrigins: [hlsPublicUrl, hlsStoreUrl].filter((url) => url !== undefined).map((url) => new URL(url).origin),
    clock,
    logger,
    hls: (request, response) => void options.origin.handle(request, response),
    tls: tlsOf(config, options.origin),
    handlers: [
      createHealthRouter({ checks: options.checks, metrics, version }),
      createFeedRouter({ feed: options.feed, originKey: config.originKey, clock, logger }),
      createOpenApiRouter(routes, version),
      createApiRouter({
        routes,
        access: new RouteGuard({ apiKey: options.apiKey, tokens, permissionsOf: options.permissionsOf }),
        proxies: options.proxies,
        publicUrl: config.publicUrl,
        clock,
        logger,
        durationMetric: metrics.histogram({
          name: 'rostrum_http_request_duration_seconds',
          help: 'API calls by route and status.',
          labels: ['route', 'status'],
          buckets: [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10],
        }),
      }),
      createRecordingMediaRouter({ tokens, catalog }),
      createPagesRouter(),
    ],
  });
}
