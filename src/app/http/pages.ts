/** The web pages as Vite built them; each address maps to one file, nothing is joined from the URL. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import { appError } from '../errors.ts';

const defaultDistDir = fileURLToPath(new URL('../../../web/dist', import.meta.url));

const pages = [
  { path: '/', file: 'index.html' },
  { path: '/stage/:webinarId', file: 'stage.html' },
  { path: '/watch/:webinarId', file: 'watch.html' },
  { path: '/recordings', file: 'recordings.html' },
] as const;

export function createPagesRouter(distDir = defaultDistDir): Router {
  const router = express.Router();
  // Assets carry a hash of their content in their name.
  router.use(
    '/assets',
    express.static(`${distDir}/assets`, { immutable: true, maxAge: '1y', index: false, fallthrough: false }),
  );
  for (const page of pages) {
    router.get(page.path, (_request, response) => {
      if (!existsSync(`${distDir}/${page.file}`))
        throw appError('HTTP_NOT_FOUND', { message: 'The web pages are not built.' });
      response.set('Cache-Control', 'no-cache').sendFile(page.file, { root: distDir });
    });
  }
  return router;
}
