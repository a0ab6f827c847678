/** The checker against real servers with one fault each: it names exactly the rule that is broken. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { checkStream, type CheckReport } from '../../src/hls/check/index.ts';
import { severityOf } from '../../src/hls/check/table/rules.ts';
import { httpCases } from '../support/hls-check/http-cases.ts';
import { type Tampering, TamperingProxy } from '../support/hls-check/tampering-proxy.ts';
import { LiveTestProgram } from '../support/live-test-program.ts';

const options = { windowSec: 16, hasLadder: true } as const;
/** What a plain-text server on one machine with half a minute of window cannot have. */
const known = ['12 W', '55 W', '77 W'];
const path = '/hls/webinar-1/multivariant.m3u8';

/** Far more than any fault needs to be found. */
const seconds = 60;
const afterFoundMs = 1500;

let shared: LiveTestProgram;
beforeAll(async () => {
  shared = await LiveTestProgram.start(options, 19.1);
});
afterAll(() => shared.close());

/** `rule severity`, each once; what a busy machine breaks is left out unless it is asked for. */
function namesOf(report: CheckReport, rule: number): string[] {
  const judged = report.findings.filter((finding) => !finding.isTiming || finding.rule === rule);
  return [...new Set(judged.map((finding) => `${finding.rule} ${finding.severity}`))].filter(
    (name) => !known.includes(name),
  );
}

describe.concurrent('a server with one fault', () => {
  it.each(httpCases)('rule $rule: $what', async ({ rule, severity, tampering, prepare }) => {
    const live = prepare === undefined ? shared : await LiveTestProgram.start(options, 19.1);
    prepare?.(live);
    const proxy = new TamperingProxy(live.server, tampering(live));
    await proxy.listen();
    try {
      const url = proxy.url(rule === 5 ? path.replace('.m3u8', '') : path);
      const abort = new AbortController();
      // A busy machine takes longer to find it; what else would be named has a moment more to be.
      const onFound = (finding: { rule: number }) => {
        if (finding.rule === rule) systemClock.schedule(afterFoundMs, () => abort.abort());
      };
      const report = await checkStream({ url, seconds, clock: systemClock, signal: abort.signal, onFound });
      expect(namesOf(report, rule)).toEqual([`${rule} ${severity ?? severityOf(rule)}`]);
    } finally {
      await proxy.close();
      if (live !== shared) await live.close();
    }
  });

  it('on a slow line: none is named for parts that take as long before they are listed as afterwards', async () => {
    const answer: Tampering['answer'] = ({ path }, reply) =>
      path.endsWith('.m4s') ? { ...reply, trickleMs: 300 } : undefined;
    const proxy = new TamperingProxy(shared.server, { answer });
    await proxy.listen();
    try {
      const report = await checkStream({ url: proxy.url(path), seconds: 10, clock: systemClock });
      expect(namesOf(report, 47)).toEqual([]);
      expect(report.coverage[46]!.checks).toBeGreaterThan(5);
    } finally {
      await proxy.close();
    }
  });

  it('without any fault: none is named', async () => {
    const report = await checkStream({ url: shared.url, seconds: 20, clock: systemClock });
    expect(namesOf(report, 0)).toEqual([]);
    const unseen = report.coverage.filter(({ checks }) => checks === 0).map(({ rule }) => rule);
    expect(unseen).toEqual([42, 46, 59, 60, 61, 62, 63, 64, 66, 68, 76]);
  });
});
