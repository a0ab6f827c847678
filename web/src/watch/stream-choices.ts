/** What a viewer can choose of the program, and what is chosen: the size of the picture and the language heard. */

export interface StreamChoices {
  /** Heights on offer, largest first; empty while unknown, or when the player leaves no choice. */
  readonly heightsPx: readonly number[];
  /** Undefined: the player decides by what the connection carries. */
  readonly chosenHeightPx: number | undefined;
  /** Names of the sound tracks, the floor first. */
  readonly audioNames: readonly string[];
  readonly chosenAudioName: string | undefined;
}

/** What the viewer asked for; outlives the player. */
export interface StreamWishes {
  readonly heightPx: number | undefined;
  readonly audioName: string | undefined;
}

export const noChoices: StreamChoices = {
  heightsPx: [],
  chosenHeightPx: undefined,
  audioNames: [],
  chosenAudioName: undefined,
};

export const noWishes: StreamWishes = { heightPx: undefined, audioName: undefined };

/**
 * A player gives up a fixed size by itself when the program has it no longer. Then the wish is over too: a new player
 * must not run into the same hole.
 */
export function wishesAfter(wishes: StreamWishes, choices: StreamChoices): StreamWishes {
  const isGivenUp = choices.heightsPx.length > 0 && choices.chosenHeightPx === undefined;
  return isGivenUp && wishes.heightPx !== undefined ? { ...wishes, heightPx: undefined } : wishes;
}

/** A choice of one is none. */
export function isWorthAsking(options: readonly unknown[]): boolean {
  return options.length > 1;
}
