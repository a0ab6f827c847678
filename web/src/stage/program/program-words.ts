/** What the program panel says and which key does what. Pure. */
import type {
  LayoutChoice,
  LayoutName,
  ProgramState,
  Scene,
  WebinarState,
} from '../../../../src/signaling/protocol/index.ts';

export interface LayoutOption {
  readonly choice: LayoutChoice;
  readonly label: string;
  /** What it does, for hovering and for screen readers. */
  readonly hint: string;
}

/** In the order of their keys, 1 to 7. */
export const layoutOptions: readonly LayoutOption[] = [
  { choice: 'auto', label: 'Automatic', hint: 'Shared screen, else pinned, else who speaks' },
  { choice: 'spotlight', label: 'Spotlight', hint: 'One large, the others in a strip' },
  { choice: 'solo', label: 'Solo', hint: 'One person fills the picture' },
  { choice: 'side-by-side', label: 'Side by side', hint: 'Two alike, more in a strip' },
  { choice: 'grid', label: 'Grid', hint: 'Up to nine alike' },
  { choice: 'screen-strip', label: 'Screen', hint: 'The shared screen with people beside it' },
  { choice: 'screen-pip', label: 'Screen + face', hint: 'The speaker in a corner over the shared screen' },
];

/** The built-in looks of the mixer. */
export const themeOptions: readonly { readonly name: string; readonly label: string }[] = [
  { name: 'dark', label: 'Dark' },
  { name: 'light', label: 'Light' },
  { name: 'high-contrast', label: 'High contrast' },
];

/** @param key of a keyboard event. @returns the layout that its digit stands for */
export function layoutForKey(key: string): LayoutChoice | undefined {
  return /^[1-9]$/.test(key) ? layoutOptions[Number(key) - 1]?.choice : undefined;
}

/** The line above the diagram. */
export function shownTitle(state: ProgramState, webinarState: WebinarState): string {
  if (webinarState !== 'live' && state.shown === null) return 'Not live';
  if (state.scene.kind !== 'live') return slateTitle(state.scene);
  if (state.shown === null) return 'Starting';
  if (state.shown.name === null) return 'Nobody is on stage';
  const name = labelOf(state.shown.name);
  if (state.layout.layout === 'auto') return `${name}, chosen automatically`;
  // The choice cannot be shown now: no screen, or too few people.
  return state.layout.layout === state.shown.name ? name : `${name}, until ${labelOf(state.layout.layout)} is possible`;
}

export function slateTitle(scene: Scene): string {
  const titles = { live: 'Stage', countdown: 'Countdown', backSoon: 'Back soon', ended: 'Ended' } as const;
  return titles[scene.kind];
}

function labelOf(choice: LayoutChoice | LayoutName): string {
  return layoutOptions.find((option) => option.choice === choice)?.label ?? choice;
}

/** @returns minutes 1 to 180, or undefined for what is no such number */
export function parseMinutes(entered: string): number | undefined {
  const minutes = Number(entered.trim().replace(',', '.'));
  return entered.trim() !== '' && minutes >= 0.1 && minutes <= 180 ? minutes : undefined;
}
