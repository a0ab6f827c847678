/** EXT-X-RENDITION-REPORT (rfc8216bis §4.4.5.4): where another rendition stands. */
import { attributeTag, bare, quoted } from './attribute-list.ts';

export interface RenditionReport {
  /** Relative to the playlist that carries the report. */
  readonly uri: string;
  readonly lastMsn: number;
  /** Undefined for a rendition without parts. */
  readonly lastPartIndex?: number;
}

export function renditionReportTag(report: RenditionReport): string {
  return attributeTag('EXT-X-RENDITION-REPORT', {
    URI: quoted(report.uri),
    'LAST-MSN': bare(report.lastMsn),
    'LAST-PART': report.lastPartIndex === undefined ? undefined : bare(report.lastPartIndex),
  });
}
