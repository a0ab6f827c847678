/** docs/metrics.md: every metric that the sources define, read from the definitions themselves. */
import path from 'node:path';
import ts from 'typescript';
import { Metrics } from '../../src/core/metrics.ts';
import { code, generatedPage, table } from './markdown.ts';
import { readRepositoryFile, repositoryFiles } from './repository.ts';

export interface FoundMetric {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const kinds = new Set(['counter', 'gauge', 'histogram']);

const preface = `\`GET /metrics\` answers in Prometheus' text format. Names are \`rostrum_<area>_<what>_<unit>\`; counters end in
\`_total\`. A histogram \`x\` shows as \`x_bucket\`, \`x_sum\` and \`x_count\`. All of them are measured in the server process; what the mixer
counts reaches it with the mixer's statistics, every 5 s.`;

/** Calls of `counter`, `gauge` and `histogram` with an object literal. @throws Error for one that cannot be read */
export function findMetrics(): FoundMetric[] {
  return repositoryFiles('src/**/*.ts')
    .filter((file) => file !== 'src/core/metrics.ts')
    .flatMap((file) => {
      const text = readRepositoryFile(file);
      if (!text.includes('rostrum_')) return [];
      const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      return definitionsIn(source).map(({ kind, fields }) => ({ file, kind, ...readDefinition(fields, file) }));
    });
}

export async function metricsPage(): Promise<string> {
  const metrics = findMetrics();
  const folders = [...new Set(metrics.map(({ file }) => file.split('/').slice(0, 2).join('/')))];
  const sections = folders.map((folder) => {
    const rows = metrics
      .filter(({ file }) => file.startsWith(`${folder}/`))
      .map(({ name, kind, labels, help }) => [code(name), kind, labels.map(code).join(', ') || '—', help]);
    return `## ${folder}\n${table(['name', 'kind', 'labels', 'meaning'], rows)}`;
  });
  const processRows = (await processMetrics()).map(({ name, kind, help }) => [code(name), kind, help]);
  const process = `## The server process\nprom-client's own, on Linux.\n\n${table(['name', 'kind', 'meaning'], processRows)}`;
  return generatedPage('Metrics', [preface, ...sections, process]);
}

/** What prom-client measures by itself, as the registry shows it. */
async function processMetrics(): Promise<{ name: string; kind: string; help: string }[]> {
  const metrics = new Metrics();
  metrics.collectProcessMetrics();
  const { body } = await metrics.render();
  const kindOf = new Map([...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map((match) => [match[1]!, match[2]!]));
  return [...body.matchAll(/^# HELP (\S+) (.*)$/gm)].map((match) => ({
    name: match[1]!,
    kind: kindOf.get(match[1]!) ?? 'untyped',
    help: match[2]!,
  }));
}

function definitionsIn(node: ts.Node): { kind: string; fields: ts.ObjectLiteralExpression }[] {
  const found: { kind: string; fields: ts.ObjectLiteralExpression }[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child) && ts.isPropertyAccessExpression(child.expression)) {
      const kind = child.expression.name.text;
      const [argument] = child.arguments;
      if (kinds.has(kind) && argument !== undefined && ts.isObjectLiteralExpression(argument))
        found.push({ kind, fields: argument });
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

function readDefinition(fields: ts.ObjectLiteralExpression, file: string): Omit<FoundMetric, 'file' | 'kind'> {
  const values = new Map(
    fields.properties.filter(ts.isPropertyAssignment).map(({ name, initializer }) => [name.getText(), initializer]),
  );
  const text = (key: string): string => {
    const value = values.get(key);
    if (value === undefined || !ts.isStringLiteralLike(value))
      throw new Error(`${path.basename(file)}: ${key} of a metric must be a plain string.`);
    return value.text;
  };
  const labels = values.get('labels');
  return {
    name: text('name'),
    help: text('help'),
    labels:
      labels !== undefined && ts.isArrayLiteralExpression(labels)
        ? labels.elements.filter(ts.isStringLiteralLike).map((label) => label.text)
        : [],
  };
}
