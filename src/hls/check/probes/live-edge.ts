/** What a probe needs to know about a playlist that is being followed, and how it asks. */
import { type CheckAnswer } from '../http/answer.ts';
import { type CheckClient } from '../http/check-client.ts';
import { type Judge } from '../findings.ts';
import { type ParsedMediaPlaylist } from '../playlist/media-playlist.ts';
import { parsePlaylist } from '../playlist/parse-playlist.ts';
import { RostrumError } from '../../../core/errors.ts';

/** What is due at once is called held after so long, ms: a slow line is no hold, which lasts for target durations. */
export const promptMs = 4000;

export interface ProbeContext {
  readonly client: CheckClient;
  readonly judge: Judge;
  /** Address of the media playlist. */
  readonly url: string;
  /** Newest whole playlist at the moment of the call. */
  readonly newest: () => ParsedMediaPlaylist;
}

/** The address with a query added as it is. */
export function withQuery(url: string, query: string): string {
  if (query === '') return url;
  const at = new URL(url);
  at.search = at.search === '' ? query : `${at.search.slice(1)}&${query}`;
  return at.href;
}

/** How long a held request may take, ms: three target durations, and what a server needs to say so (rule 46). */
export function holdDeadlineMs(playlist: ParsedMediaPlaylist): number {
  return Math.min(60_000, 3000 * (playlist.targetDurationSec ?? 6) + 4000);
}

/** Undefined when the answer is no whole media playlist. */
export function playlistIn(answer: CheckAnswer): ParsedMediaPlaylist | undefined {
  if (answer.status !== 200) return undefined;
  try {
    const playlist = parsePlaylist(answer.body, answer.url);
    return playlist.kind === 'media' ? playlist : undefined;
  } catch (error) {
    if (error instanceof RostrumError) return undefined;
    throw error;
  }
}
