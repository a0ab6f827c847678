/** Keys of the viewer page as commands; pure, so that the page only has to carry them out. */

export type PlayerCommand =
  | { readonly do: 'toggle-play' }
  | { readonly do: 'toggle-mute' }
  | { readonly do: 'toggle-fullscreen' }
  | { readonly do: 'go-live' }
  | { readonly do: 'toggle-captions' }
  | { readonly do: 'seek-by'; readonly seconds: number }
  | { readonly do: 'seek-to-moment'; readonly direction: -1 | 1 }
  | { readonly do: 'change-volume'; readonly delta: number };

export interface KeyPress {
  readonly key: string;
  /** Other than Shift. */
  readonly hasModifier: boolean;
  readonly hasShift: boolean;
  /** Lower-case tag of the focused element: a focused control keeps its own keys. */
  readonly targetTag: string;
}

const volumeStep = 0.1;
const seekStepSec = 10;

export function commandForKey(press: KeyPress): PlayerCommand | undefined {
  if (press.hasModifier || ['input', 'select', 'textarea'].includes(press.targetTag)) return undefined;
  const isOnButton = press.targetTag === 'button' || press.targetTag === 'a';
  switch (press.key.toLowerCase()) {
    case ' ':
      return isOnButton ? undefined : { do: 'toggle-play' };
    case 'k':
      return { do: 'toggle-play' };
    case 'm':
      return { do: 'toggle-mute' };
    case 'f':
      return { do: 'toggle-fullscreen' };
    case 'l':
      return { do: 'go-live' };
    case 'c':
      return { do: 'toggle-captions' };
    case 'arrowleft':
      return sideways(press, -1);
    case 'arrowright':
      return sideways(press, 1);
    case 'arrowup':
      return { do: 'change-volume', delta: volumeStep };
    case 'arrowdown':
      return { do: 'change-volume', delta: -volumeStep };
    default:
      return undefined;
  }
}

function sideways({ hasShift }: KeyPress, direction: -1 | 1): PlayerCommand {
  return hasShift ? { do: 'seek-to-moment', direction } : { do: 'seek-by', seconds: direction * seekStepSec };
}
