/** What a viewer can choose of the program, and what is chosen: size of the picture, language heard, captions. */

export interface StreamChoices {
  /** Heights on offer, largest first; empty while unknown, or when the player leaves no choice. */
  readonly heightsPx: readonly number[];
  /** Undefined: the player decides by what the connection carries. */
  readonly chosenHeightPx: number | undefined;
  /** Names of the sound tracks, the floor first. */
  readonly audioNames: readonly string[];
  readonly chosenAudioName: string | undefined;
  readonly captions: readonly CaptionChoice[];
  /** Language tag; undefined while captions are off. */
  readonly chosenCaptions: string | undefined;
}

export interface CaptionChoice {
  /** BCP 47. */
  readonly language: string;
  readonly name: string;
}

/** What the viewer asked for; outlives the player. */
export interface StreamWishes {
  readonly heightPx: number | undefined;
  readonly audioName: string | undefined;
  /** Language tag; undefined for none. */
  readonly captions: string | undefined;
}

export const noChoices: StreamChoices = {
  heightsPx: [],
  chosenHeightPx: undefined,
  audioNames: [],
  chosenAudioName: undefined,
  captions: [],
  chosenCaptions: undefined,
};

export const noWishes: StreamWishes = { heightPx: undefined, audioName: undefined, captions: undefined };

/**
 * A player gives up a fixed size by itself when the program has it no longer. Then the wish is over too: a new player
 * must not run into the same hole.
 */
export function wishesAfter(wishes: StreamWishes, choices: StreamChoices): StreamWishes {
  const isGivenUp = choices.heightsPx.length > 0 && choices.chosenHeightPx === undefined;
  return isGivenUp && wishes.heightPx !== undefined ? { ...wishes, heightPx: undefined } : wishes;
}

/** What the key for captions does: off, or on in the language that was on last, else in the first there is. */
export function toggledCaptions(
  { captions, chosenCaptions }: StreamChoices,
  lastLanguage: string | undefined,
): string | undefined {
  if (chosenCaptions !== undefined) return undefined;
  return captions.find(({ language }) => language === lastLanguage)?.language ?? captions[0]?.language;
}

/** A choice of one is none. */
export function isWorthAsking(options: readonly unknown[]): boolean {
  return options.length > 1;
}
