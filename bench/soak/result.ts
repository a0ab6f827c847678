/** What every part of the soak does with what it found. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeMachine, describeVersions } from '../lib/machine.ts';
import { percentile, round } from '../lib/percentiles.ts';

export interface SoakReport {
  readonly verdicts: Readonly<Record<string, boolean>>;
}

export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Keeps the report as the last one of that name, prints it, and says whether every limit was kept. */
export function finish<Report extends SoakReport>(name: string, report: Report): boolean {
  const folder = path.join(import.meta.dirname, '../results');
  const whole = { ...report, machine: describeMachine(), versions: describeVersions() };
  const text = `${JSON.stringify(whole, undefined, 2)}\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), text);
  process.stdout.write(text);
  const broken = Object.entries(report.verdicts).flatMap(([limit, isKept]) => (isKept ? [] : [limit]));
  if (broken.length > 0) tell(`soak: ${name} broke ${broken.join(', ')}`);
  return broken.length === 0;
}

/** p95 and max of absolute values; undefined without any, which keeps no limit. */
export function spread(values: readonly number[]): { readonly p95: number; readonly max: number } | undefined {
  if (values.length === 0) return undefined;
  const absolute = values.map(Math.abs);
  return { p95: round(percentile(absolute, 0.95), 1), max: round(percentile(absolute, 1), 1) };
}

/** True when both are known and within their limits. */
export function isWithin(
  measured: { readonly p95: number; readonly max: number } | undefined,
  limits: { readonly p95?: number; readonly max?: number },
): boolean {
  if (measured === undefined) return false;
  return measured.p95 <= (limits.p95 ?? Infinity) && measured.max <= (limits.max ?? Infinity);
}
