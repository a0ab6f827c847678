/** Cache-Control of every kind of answer: shared caches carry the audience, the origin only fills them. */

/** What names one run of one session never changes. */
export const immutableMedia = 'public, max-age=31536000, immutable';

/** With directives the address itself says which state is wanted: that answer holds for six target durations. */
export function blockingPlaylist(targetDurationSec: number): string {
  return `public, max-age=${6 * targetDurationSec}`;
}

/** Without directives the newest state is wanted: half a target duration. */
export function plainPlaylist(targetDurationSec: number): string {
  return `public, max-age=${Math.max(1, Math.floor(targetDurationSec / 2))}`;
}

/** An ended playlist never changes, but it goes with its media when the program is dropped. */
export function endedPlaylist(retentionSec: number): string {
  return `public, max-age=${retentionSec}`;
}

/** Whatever is missing or late now may be there in a second; longer caching would hold an audience off. */
export const shortLivedError = 'public, max-age=1';

/** A refusal holds for the one who was refused. */
export const personalError = 'private, max-age=1';

/** Edges forget verdicts after so long even when the token lives on. */
const maxVerdictSec = 900;

/** Never longer than the token itself, without the leeway: whoever was admitted is not refused by the origin a moment later. */
export function verdict(validForSec: number): string {
  return `public, max-age=${Math.min(validForSec, maxVerdictSec)}`;
}
