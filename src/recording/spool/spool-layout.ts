/** Names inside a spool folder. Pure. */

export const journalName = 'journal.jsonl';

/** One file per rendition and run, init first: a playable fragmented MP4, so finishing needs no copy. */
export function runFileName(renditionId: string, runIndex: number): string {
  return `${renditionId}.run-${runIndex}.mp4`;
}

/** What was written of the run's open part. */
export function openPartFileName(renditionId: string, runIndex: number): string {
  return `${renditionId}.run-${runIndex}.open`;
}
