/** Which captions this viewer had on last, over events and visits. */

const storageKey = 'rostrum.captions';

/** A language tag; undefined for none, and where the browser keeps nothing for pages. */
export function rememberedCaptions(): string | undefined {
  try {
    return localStorage.getItem(storageKey) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberCaptions(language: string | undefined): void {
  try {
    if (language === undefined) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, language);
  } catch {
    // The choice holds for this visit.
  }
}
