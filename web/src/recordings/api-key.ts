/** The API key of this tab: sessionStorage only, gone when the tab closes. */

const storageKey = 'rostrum.apiKey';

export function storedApiKey(): string | undefined {
  return sessionStorage.getItem(storageKey) ?? undefined;
}

export function storeApiKey(apiKey: string): void {
  sessionStorage.setItem(storageKey, apiKey);
}

export function forgetApiKey(): void {
  sessionStorage.removeItem(storageKey);
}
