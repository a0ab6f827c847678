/** Where a viewer stands: the phases of the viewer page and the only ways between them. */
import type { WebinarState } from '../../../src/signaling/protocol/index.ts';

export type ViewerPhase =
  /** Nothing known yet. */
  | 'loading'
  /** The event has not started. */
  | 'waiting'
  /** Going live: the first parts are being made. */
  | 'starting'
  /** Player made, no picture yet. */
  | 'connecting'
  | 'playing'
  /** Had a picture, lost it, is getting it back. */
  | 'recovering'
  | 'ended'
  | 'not-found'
  /** A private event, and the link holds no invitation to it, or one that does not hold any longer. */
  | 'refused'
  /** Neither Media Source Extensions nor native HLS. */
  | 'unsupported';

export type ViewerEvent =
  | { readonly type: 'public-state'; readonly state: WebinarState; readonly hasJustEnded: boolean }
  | { readonly type: 'webinar-not-found' }
  | { readonly type: 'refused' }
  | { readonly type: 'unsupported' }
  | { readonly type: 'first-frame' }
  | { readonly type: 'player-lost' }
  /** The playlist is closed and played to its end, or was closed before this viewer came. */
  | { readonly type: 'program-ended' };

export function nextPhase(phase: ViewerPhase, event: ViewerEvent): ViewerPhase {
  switch (event.type) {
    case 'webinar-not-found':
      return 'not-found';
    case 'refused':
      return 'refused';
    case 'unsupported':
      return 'unsupported';
    case 'first-frame':
      return phase === 'connecting' || phase === 'recovering' ? 'playing' : phase;
    case 'player-lost':
      return phase === 'playing' ? 'recovering' : phase;
    case 'program-ended':
      return hasPlayer(phase) ? 'ended' : phase;
    case 'public-state':
      return onPublicState(phase, event.state, event.hasJustEnded);
  }
}

/** While there is a player, its playlist says when the program is over; the public state runs ahead of what is seen. */
function onPublicState(phase: ViewerPhase, state: WebinarState, hasJustEnded: boolean): ViewerPhase {
  if (phase === 'unsupported') return phase;
  if (state === 'live') return hasPlayer(phase) ? phase : 'connecting';
  if (phase === 'playing') return phase;
  if (state === 'starting') return 'starting';
  if (hasJustEnded) return 'ended';
  // Idle without having ended: not begun, or cut off by a restart of the server. Then it goes on soon, if it goes on.
  return phase === 'ended' ? 'ended' : 'waiting';
}

export function hasPlayer(phase: ViewerPhase): boolean {
  return phase === 'connecting' || phase === 'playing' || phase === 'recovering';
}
