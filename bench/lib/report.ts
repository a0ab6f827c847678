/** A report as a person reads it: one line per figure. Pure. */

/** Nested fields become dotted names; lists of plain values stay on one line. */
export function renderReport(report: Readonly<Record<string, unknown>>): string {
  const rows = flatten('', report);
  const nameLength = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(nameLength)}  ${text}`).join('\n');
}

function flatten(name: string, value: unknown): [name: string, text: string][] {
  if (Array.isArray(value) && !value.some((item) => typeof item === 'object' && item !== null))
    return [[name, value.length === 0 ? 'none' : value.join(typeof value[0] === 'number' ? ' ' : '; ')]];
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  const prefix = name === '' ? '' : `${name}.`;
  return Object.entries(value).flatMap(([key, inner]) => flatten(`${prefix}${key}`, inner));
}
