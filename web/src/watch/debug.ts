/** `window.rostrumViewer`: a read-only look at the viewer for automated tests and support; no control goes through it. */
import { type RememberedError, type ViewerSession } from './viewer-session.ts';
import { type ViewerPhase } from './viewer-state.ts';

export interface RostrumViewerDebug {
  /** Wall latency, ms; null while unknown. */
  readonly latencyMs: number | null;
  /** Stalls a person would have seen since the page was opened. */
  readonly stallCount: number;
  /** Sum of finished stalls, ms. */
  readonly stalledMs: number;
  readonly state: ViewerPhase;
  /** Player errors, newest last, at most 100; `atMs` is `performance.now()`. */
  readonly hlsErrors: readonly RememberedError[];
}

declare global {
  interface Window {
    rostrumViewer?: RostrumViewerDebug;
  }
}

export function exposeViewerDebug(session: ViewerSession): void {
  window.rostrumViewer = {
    get latencyMs() {
      return session.view.value.latencyMs ?? null;
    },
    get stallCount() {
      return session.stalls.stallCount;
    },
    get stalledMs() {
      return session.stalls.stalledMs;
    },
    get state() {
      return session.view.value.phase;
    },
    get hlsErrors() {
      return session.errors.slice();
    },
  };
}
