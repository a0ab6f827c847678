/** EXT-X-PROGRAM-DATE-TIME (rfc8216bis §4.4.4.6): wall time of a segment's first sample. */

/** @param wallMs whole ms since the Unix epoch; printed in UTC with ms. */
export function programDateTimeTag(wallMs: number): string {
  return `#EXT-X-PROGRAM-DATE-TIME:${new Date(wallMs).toISOString()}`;
}
