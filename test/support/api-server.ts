/** Some routes of the API on a port of their own, with the guards that stand before them in a server. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import express from 'express';
import { type AccessTokens } from '../../src/app/auth/access-tokens.ts';
import { openApiKey } from '../../src/app/auth/api-key.ts';
import { createApiRouter } from '../../src/app/http/api-router.ts';
import { type Route } from '../../src/app/http/route.ts';
import { RouteGuard } from '../../src/app/http/route-guard.ts';
import { TrustedProxies } from '../../src/app/http/trusted-proxies.ts';
import { systemClock } from '../../src/core/clock.ts';
import { linkPermissions, openStage } from '../../src/signaling/index.ts';
import { silentLogger } from '../../src/core/logger.ts';

export interface ApiServer {
  readonly baseUrl: string;
  close(): Promise<void>;
}

export async function startApiServer(options: {
  readonly routes: readonly Route[];
  readonly tokens: AccessTokens;
  readonly apiKey: string;
  readonly dataDir: string;
}): Promise<ApiServer> {
  const { routes, tokens, apiKey: configured, dataDir } = options;
  const { guard: apiKey } = openApiKey({ dataDir, configured, clock: systemClock });
  const app = express();
  app.use(
    createApiRouter({
      routes,
      access: new RouteGuard({ apiKey, tokens, permissionsOf: async (grant) => linkPermissions(openStage, grant) }),
      proxies: new TrustedProxies([]),
      publicUrl: undefined,
      clock: systemClock,
      logger: silentLogger,
      durationMetric: { observe: () => undefined },
    }),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
