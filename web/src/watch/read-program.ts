/** Looks at a program as a player would, without one. */

const deadlineMs = 4000;

/** @returns text of the first media playlist that the multivariant one names; undefined when it cannot be had. Never rejects. */
export async function readProgram(multivariantUrl: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const url = new URL(multivariantUrl, location.href);
    const uri = firstUri(await readText(url, signal));
    return uri === undefined ? undefined : await readText(new URL(uri, url), signal);
  } catch {
    return undefined;
  }
}

async function readText(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { cache: 'no-store', signal });
  if (!response.ok) throw new Error(`The playlist answered ${response.status}.`);
  return response.text();
}

function firstUri(playlist: string): string | undefined {
  return playlist.split('\n').find((line) => line !== '' && !line.startsWith('#'));
}
