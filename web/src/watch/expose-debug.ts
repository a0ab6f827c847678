/** Puts `window.rostrumViewer` in place; see debug.ts for its shape. */
import { type RostrumViewerDebug } from './debug.ts';
import { type ViewerSession } from './viewer-session.ts';

export function exposeViewerDebug(session: ViewerSession): void {
  window.rostrumViewer = {
    get latencyMs() {
      return session.view.value.latencyMs ?? null;
    },
    get programWallMs() {
      return session.programWallMs ?? null;
    },
    get behindSec() {
      const { seek } = session.view.value;
      return seek?.isShifted === true ? seek.liveSec - seek.positionSec : null;
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
    get isFallback() {
      return session.view.value.isFallback;
    },
    get hlsErrors() {
      return session.errors.slice();
    },
  } satisfies RostrumViewerDebug;
}
