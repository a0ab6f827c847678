/** Multi-page build of the four web pages; output is `web/dist`, served under a strict Content-Security-Policy. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { sizeBudget } from './build/size-budget.ts';

const root = import.meta.dirname;
const pages = ['index', 'stage', 'watch', 'recordings'];

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
    rolldownOptions: { input: Object.fromEntries(pages.map((page) => [page, resolve(root, `${page}.html`)])) },
  },
  plugins: [sizeBudget(resolve(root, 'size-budget.json'))],
});
