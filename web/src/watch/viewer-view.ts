/** What the viewer page draws: one flat value made by the session, and the words that belong to it. */
import { type PlaybackState } from './playback-state.ts';
import { type PlayerSnapshot } from './player-snapshot.ts';
import { type Moments, noMoments } from './moments.ts';
import { type SeekView } from './seek-range.ts';
import { noChoices, type StreamChoices } from './stream-choices.ts';
import { type ViewerPhase } from './viewer-state.ts';

export interface ViewerView {
  readonly phase: ViewerPhase;
  readonly title: string;
  /** The program comes from the store, some seconds later, because the origin cannot be reached. */
  readonly isFallback: boolean;
  /** The browser knows another screen. */
  readonly canCast: boolean;
  /** The program goes there, or somebody is just choosing. */
  readonly isCasting: boolean;
  readonly controls: PlaybackState;
  /** Server time minus the program time on screen; the player's own distance to the edge until clocks are in step. */
  readonly latencyMs: number | undefined;
  readonly isBehindLive: boolean;
  readonly isStalled: boolean;
  readonly retryCount: number;
  readonly heightPx: number;
  readonly bitrateBps: number;
  readonly choices: StreamChoices;
  readonly moments: Moments;
  /** Undefined where there is no way back. */
  readonly seek: SeekView | undefined;
}

export const initialView: ViewerView = {
  phase: 'loading',
  title: '',
  isFallback: false,
  canCast: false,
  isCasting: false,
  controls: { wantsToPlay: true, isMuted: false, volume: 1, needsTapForSound: false, needsTapToPlay: false },
  latencyMs: undefined,
  isBehindLive: false,
  isStalled: false,
  retryCount: 0,
  heightPx: 0,
  bitrateBps: 0,
  choices: noChoices,
  moments: noMoments,
  seek: undefined,
};

/** Further behind than its target by this much, a viewer is offered the way back. */
const behindLiveMs = 3000;

export function isBehindLive(snapshot: PlayerSnapshot | undefined, isPlaying: boolean): boolean {
  if (snapshot === undefined) return false;
  if (!isPlaying) return true;
  if (snapshot.edgeLatencyMs === undefined) return false;
  return snapshot.edgeLatencyMs > (snapshot.targetLatencyMs ?? 0) + behindLiveMs;
}

export interface PhaseText {
  readonly headline: string;
  readonly detail: string;
}

/** The card over the picture; undefined while there is a picture to look at. */
export function phaseText(view: Pick<ViewerView, 'phase' | 'retryCount'>): PhaseText | undefined {
  switch (view.phase) {
    case 'loading':
      return { headline: 'Loading', detail: '' };
    case 'waiting':
      return { headline: 'The event has not started', detail: 'This page joins by itself when it does.' };
    case 'starting':
      return { headline: 'Starting now', detail: 'The picture appears in a moment.' };
    case 'connecting':
      return view.retryCount === 0
        ? { headline: 'Joining', detail: '' }
        : { headline: 'Joining', detail: 'The program is not reachable yet. Trying again by itself.' };
    case 'recovering':
      return { headline: 'Connection lost', detail: 'Getting the program back by itself.' };
    case 'ended':
      return { headline: 'The event has ended', detail: 'Thank you for watching.' };
    case 'not-found':
      return { headline: 'No such event', detail: 'Check the link you were given.' };
    case 'refused':
      return { headline: 'This event is private', detail: 'Open it with the link of your invitation.' };
    case 'unsupported':
      return {
        headline: 'This browser cannot play the event',
        detail: 'Use a current Chrome, Edge, Firefox or Safari.',
      };
    case 'playing':
      return undefined;
  }
}
