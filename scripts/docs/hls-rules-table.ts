/** The table of docs/hls-check.md, from the rules as data. */
import { rules } from '../../src/hls/check/table/rules.ts';
import { table } from './markdown.ts';

const severityNames = { E: 'E', W: 'W' } as const;

export function hlsRulesTable(): string {
  const rows = rules.map(({ number, severity, title, source, scope, needs, unseen, isTiming }) => [
    String(number),
    severityNames[severity],
    scope.join(' '),
    `${title}${isTiming === true ? ' (by the clock)' : ''}`,
    source,
    needs,
    unseen ?? '',
  ]);
  return table(['rule', '', 'scope', 'what it says', 'clause', 'looked at in', 'what nobody can see from outside'], rows);
}
