/** Serves the API's description at `/api/openapi.json`. */
import express, { type Router } from 'express';
import { buildOpenApi } from './openapi.ts';
import { type Route } from './route.ts';

export function createOpenApiRouter(routes: readonly Route[], version: string): Router {
  const description = buildOpenApi(routes, version);
  const router = express.Router();
  router.get('/api/openapi.json', (_request, response) => {
    response.json(description);
  });
  return router;
}
