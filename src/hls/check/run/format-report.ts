/** The report for a person in front of a terminal. Pure. */
import { type CheckReport } from './report.ts';
import { printable } from '../findings.ts';

export function formatReport(report: CheckReport): string {
  const { counts, coverage } = report;
  const exercised = coverage.filter(({ checks }) => checks > 0);
  const lines = [
    `${printable(report.url)}`,
    `${report.isLowLatency ? 'low-latency' : 'plain'} HLS, ${report.renditions.length} media playlists, ${report.seconds.toFixed(1)} s: ` +
      `${counts.playlists} playlists, ${counts.deltaUpdates} delta updates, ${counts.segments} segments, ${counts.parts} parts, ` +
      `${(counts.mediaBytes / 1e6).toFixed(1)} MB of media`,
    '',
    ...findingLines(report),
    `Rules looked at: ${exercised.length} of ${coverage.length}. Not looked at:`,
    ...coverage
      .filter(({ checks }) => checks === 0)
      .map(({ rule, title, reason }) => `  ${pad(rule)}  ${title}: ${reason}`),
    '',
    'Never visible from outside:',
    ...coverage.filter(({ unseen }) => unseen !== undefined).map(({ rule, unseen }) => `  ${pad(rule)}  ${unseen}`),
    ...noteLines(report),
    '',
    `${report.errorCount} errors, ${report.warningCount} warnings`,
  ];
  return `${lines.join('\n')}\n`;
}

function findingLines({ findings, leftOutCount }: CheckReport): string[] {
  if (findings.length === 0) return ['Nothing found.', ''];
  const lines = findings.flatMap((finding) => {
    const where = [
      finding.url,
      finding.mediaSequenceNumber === undefined ? undefined : `segment ${finding.mediaSequenceNumber}`,
      finding.partIndex === undefined ? undefined : `part ${finding.partIndex}`,
      finding.line === undefined ? undefined : `line ${finding.line}`,
    ].filter((text) => text !== undefined);
    const places = finding.urlCount > 1 ? ` at ${finding.urlCount} addresses` : '';
    const count = finding.count > 1 ? ` (${finding.count} times${places}; the first:)` : '';
    return [
      `${finding.severity} ${pad(finding.rule)}  expected ${finding.expected}${count}`,
      `         seen     ${finding.seen}`,
      ...(where.length === 0 ? [] : [`         where    ${where.join(', ')}`]),
      `         clause   ${finding.source}${finding.isTiming ? ' (judged by the clock: a busy machine or network breaks it too)' : ''}`,
    ];
  });
  return [...lines, ...(leftOutCount > 0 ? [`and ${leftOutCount} more breaches of other kinds`] : []), ''];
}

function noteLines({ notes }: CheckReport): string[] {
  if (notes.length === 0) return [];
  return [
    '',
    'What kept the check from looking:',
    ...notes.map(({ text, count }) => `  ${text}${count > 1 ? ` (${count} times)` : ''}`),
  ];
}

function pad(rule: number): string {
  return String(rule).padStart(2);
}
