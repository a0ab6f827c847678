/** Fails the web build when a page's code and styles, gzipped, outgrow the budget written in size-budget.json. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Plugin, type Rolldown } from 'vite';

/** Page name -> allowed sum of gzipped bytes of everything the page may load, lazy chunks included. */
type Budget = Readonly<Record<string, number>>;

/** Every chunk and stylesheet reachable from one entry chunk. */
function reachableFiles(bundle: Rolldown.OutputBundle, entryFileName: string): Set<string> {
  const seen = new Set<string>();
  const pending = [entryFileName];
  for (let fileName = pending.pop(); fileName !== undefined; fileName = pending.pop()) {
    if (seen.has(fileName)) continue;
    seen.add(fileName);
    const output = bundle[fileName];
    if (output?.type !== 'chunk') continue;
    const styles = output.viteMetadata === undefined ? [] : [...output.viteMetadata.importedCss];
    pending.push(...output.imports, ...output.dynamicImports, ...styles);
  }
  return seen;
}

function gzippedBytes(output: Rolldown.OutputChunk | Rolldown.OutputAsset | undefined): number {
  if (output === undefined) return 0;
  return gzipSync(output.type === 'chunk' ? output.code : output.source).length;
}

export function sizeBudget(budgetFile: string): Plugin {
  return {
    name: 'rostrum-size-budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const budget = JSON.parse(readFileSync(budgetFile, 'utf8')) as Budget;
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk' || !output.isEntry) continue;
        const allowedBytes = budget[output.name];
        if (allowedBytes === undefined) this.error(`size-budget.json has no budget for page "${output.name}"`);
        let sumBytes = 0;
        for (const fileName of reachableFiles(bundle, output.fileName)) sumBytes += gzippedBytes(bundle[fileName]);
        const line = `${output.name}: ${sumBytes} of ${allowedBytes} gzipped bytes`;
        if (sumBytes > allowedBytes) this.error(`${line}; make it smaller or raise web/size-budget.json in review`);
        this.info(line);
      }
    },
  };
}
