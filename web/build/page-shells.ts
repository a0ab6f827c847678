/** The HTML of every page out of one template: `<name>.html` exists only while building. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Plugin } from 'vite';

export interface PageShell {
  /** Below `src`; its `main.tsx` is the page. */
  readonly folder: string;
  readonly title: string;
  readonly description: string;
}

/** Page name -> the path under which the page enters the build. */
export function pageInputs(root: string, pages: Readonly<Record<string, PageShell>>): Record<string, string> {
  return Object.fromEntries(Object.keys(pages).map((name) => [name, resolve(root, `${name}.html`)]));
}

/** @param templateFile HTML with `{folder}`, `{title}` and `{description}`; the values are ours and hold no HTML. */
export function pageShells(root: string, templateFile: string, pages: Readonly<Record<string, PageShell>>): Plugin {
  const pageOfPath = new Map(Object.entries(pageInputs(root, pages)).map(([name, path]) => [path, pages[name]!]));
  return {
    name: 'rostrum-page-shells',
    apply: 'build',
    resolveId: (id) => (pageOfPath.has(id) ? id : undefined),
    load(id) {
      const page = pageOfPath.get(id);
      if (page === undefined) return undefined;
      return readFileSync(templateFile, 'utf8').replace(
        /\{(folder|title|description)\}/g,
        (_placeholder, key: keyof PageShell) => page[key],
      );
    },
  };
}
