/** Multi-page build of the four web pages; output is `web/dist`, served under a strict Content-Security-Policy. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { pageInputs, pageShells } from './build/page-shells.ts';
import { sizeBudget } from './build/size-budget.ts';

const root = import.meta.dirname;
const pages = {
  index: { folder: 'landing', title: 'Rostrum', description: 'Self-hosted webinar broadcaster' },
  stage: { folder: 'stage', title: 'Stage - Rostrum', description: 'Join a webinar on stage' },
  watch: { folder: 'watch', title: 'Watch - Rostrum', description: 'Watch a webinar live' },
  recordings: { folder: 'recordings', title: 'Recordings - Rostrum', description: 'Recordings of past webinars' },
};

export default defineConfig({
  root,
  base: '/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(root, 'dist'),
    emptyOutDir: true,
    assetsDir: 'assets',
    // The policy allows no inline code, and `data:` only for images: everything stays a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    chunkSizeWarningLimit: 800,
    rolldownOptions: { input: pageInputs(root, pages) },
  },
  plugins: [pageShells(root, resolve(root, 'page.html'), pages), sizeBudget(resolve(root, 'size-budget.json'))],
});
