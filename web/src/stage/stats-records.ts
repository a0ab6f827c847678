/** The statistics of a transport as plain records. */
import { type StatsRecord } from './debug-stats.ts';

export interface StatsSource {
  readonly closed: boolean;
  /** An RTCStatsReport. */
  getStats(): Promise<{ forEach(take: (record: StatsRecord) => void): void }>;
}

/** Empty for one that is closed or was never made. */
export async function recordsOf(transport: StatsSource | undefined): Promise<readonly StatsRecord[]> {
  if (transport === undefined || transport.closed) return [];
  const report = await transport.getStats();
  const records: StatsRecord[] = [];
  report.forEach((record: StatsRecord) => records.push(record));
  return records;
}
