/** What a check found, as data. */
import { type Finding, type FindingLog } from '../findings.ts';
import { ruleOf, rules } from '../table/rules.ts';
import { type Counts } from './run-context.ts';

export interface RuleCoverage {
  readonly rule: number;
  readonly title: string;
  /** Times it was looked at; 0: never, and `reason` says why. */
  readonly checks: number;
  readonly reason?: string;
  /** The part of it that nobody can see from outside. */
  readonly unseen?: string;
}

export interface CheckReport {
  readonly url: string;
  readonly seconds: number;
  readonly isLowLatency: boolean;
  /** Media playlists that were followed. */
  readonly renditions: readonly string[];
  readonly counts: Readonly<Counts>;
  readonly errorCount: number;
  readonly warningCount: number;
  readonly findings: readonly (Finding & {
    readonly title: string;
    readonly source: string;
    /** Judged by the clock: a busy machine or network breaks it too. */
    readonly isTiming: boolean;
  })[];
  /** All 77, in order. */
  readonly coverage: readonly RuleCoverage[];
  readonly notes: readonly { readonly text: string; readonly count: number }[];
  /** Breaches of kinds that found no room in the list. */
  readonly leftOutCount: number;
}

export function makeReport(seen: {
  readonly url: string;
  readonly seconds: number;
  readonly isLowLatency: boolean;
  readonly renditions: readonly string[];
  readonly counts: Readonly<Counts>;
  readonly notes: CheckReport['notes'];
  readonly log: FindingLog;
}): CheckReport {
  const { log, ...rest } = seen;
  const findings = log.findings.map((finding) => {
    const { title, source, isTiming } = ruleOf(finding.rule);
    return { ...finding, title, source, isTiming: isTiming === 'wholly' || finding.isTiming === true };
  });
  const { errorCount } = log;
  return {
    ...rest,
    errorCount,
    warningCount: findings.length - errorCount,
    findings,
    coverage: rules.map(({ number, title, needs, unseen }) => {
      const checks = log.exercised.get(number) ?? 0;
      const base = { rule: number, title, checks, ...(unseen === undefined ? {} : { unseen }) };
      return checks > 0 ? base : { ...base, reason: `needs ${needs}` };
    }),
    leftOutCount: log.leftOutCount,
  };
}
