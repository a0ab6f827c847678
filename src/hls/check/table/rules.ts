/** The conformance list: 77 rules in order. */
import { type Severity } from '../findings.ts';
import { lowLatencyRules } from './low-latency.ts';
import { presentationRules } from './presentation.ts';
import { type Rule } from './rule.ts';
import { syntaxAndTimeRules } from './syntax-and-time.ts';

export const rules: readonly Rule[] = [...syntaxAndTimeRules, ...lowLatencyRules, ...presentationRules];

/** @param number 1 to 77 */
export function ruleOf(number: number): Rule {
  return rules[number - 1]!;
}

export function severityOf(number: number): Severity {
  return ruleOf(number).severity;
}
