/** The shape of `window.rostrumViewer`: a read-only look at the viewer for automated tests and support. */
import { type RememberedError } from './recovery-policy.ts';
import { type ViewerPhase } from './viewer-state.ts';

export interface RostrumViewerDebug {
  /** Wall latency, ms; null while unknown. */
  readonly latencyMs: number | null;
  /** Program time on screen, ms since the Unix epoch; null while unknown. */
  readonly programWallMs: number | null;
  /** How far the viewer went back on purpose, s behind live; null at live. */
  readonly behindSec: number | null;
  /** Stalls a person would have seen since the page was opened. */
  readonly stallCount: number;
  /** Sum of finished stalls, ms. */
  readonly stalledMs: number;
  readonly state: ViewerPhase;
  /** True while the program comes from the store. */
  readonly isFallback: boolean;
  /** Player errors, newest last, at most 100; `atMs` is `performance.now()`. */
  readonly hlsErrors: readonly RememberedError[];
}

declare global {
  /** Of pages; undefined elsewhere. */
  var rostrumViewer: RostrumViewerDebug | undefined;
}
