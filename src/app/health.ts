/** `/healthz` says the process answers; `/readyz` says it can take an event, and if not, why. */
import express, { type Router } from 'express';
import { type Metrics } from '../core/metrics.ts';

/** Undefined when the part is ready, else what is missing. */
export type ReadinessCheck = () => string | undefined;

export function createHealthRouter(options: {
  checks: Readonly<Record<string, ReadinessCheck>>;
  metrics: Metrics;
  version: string;
}): Router {
  const router = express.Router();
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ ok: true, version: options.version });
  });
  router.get('/readyz', (_request, response) => {
    const problems = Object.entries(options.checks).flatMap(([part, check]) => {
      const problem = check();
      return problem === undefined ? [] : [{ part, problem }];
    });
    response
      .status(problems.length === 0 ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ ready: problems.length === 0, problems });
  });
  router.get('/metrics', (_request, response, next) => {
    options.metrics
      .render()
      .then(({ contentType, body }) => response.set('Content-Type', contentType).send(body))
      .catch(next);
  });
  return router;
}
