/** What viewer pages tell the server about their playback, and what hosts are told of all of them. */
import { z } from 'zod';

/** Between two beacons of one page. */
export const beaconPeriodMs = 10_000;

const durationMs = z.number().int().min(0).max(60_000);

/** One small report of one page: everything since its last one. */
export const beaconSchema = z.strictObject({
  /** Signed by the server, so that nobody counts twice or for somebody else. */
  pass: z.string().min(20).max(1024),
  /** Rises by page; one that was seen already is not counted again. */
  sequence: z.number().int().min(0).max(1_000_000),
  isPlaying: z.boolean(),
  /** Time in which the program moved. */
  watchedMs: durationMs,
  stallCount: z.number().int().min(0).max(1000),
  stalledMs: durationMs,
  /** Composed to shown. */
  latencyMs: z.number().int().min(0).max(86_400_000).exactOptional(),
  /** From opening the page, or from the start of the event for who was early, to the first picture; once. */
  joinMs: z.number().int().min(0).max(600_000).exactOptional(),
  heightPx: z.number().int().min(0).max(10_000).exactOptional(),
  /** Fatal errors of the player since the last beacon. */
  errorCount: z.number().int().min(0).max(1000),
  /** The page is being closed. */
  isLeaving: z.boolean(),
});
export type Beacon = z.infer<typeof beaconSchema>;

/** All who watch one webinar now. */
export const audienceStatsSchema = z.object({
  /** Pages that watch, as of their last beacon. */
  viewerCount: z.number().int(),
  /** Undefined while nobody told theirs. */
  medianLatencyMs: z.number().int().optional(),
  /** Share of the last ten seconds that viewers waited in; 0 to 1. */
  stallRatio: z.number(),
});
export type AudienceStats = z.infer<typeof audienceStatsSchema>;
