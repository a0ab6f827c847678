/** The attendance list as RFC 4180 text. Pure. */

export interface Attendee {
  readonly viewerId: string;
  readonly name: string | null;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  readonly watchedMinutes: number;
}

const header = 'viewer,name,first seen,last seen,minutes watched';

/** One line per page behind the header, CRLF after each; times in UTC. */
export function attendanceCsv(attendees: readonly Attendee[]): string {
  const lines = attendees.map(({ viewerId, name, firstSeenAtMs, lastSeenAtMs, watchedMinutes }) =>
    [viewerId, name ?? '', isoTime(firstSeenAtMs), isoTime(lastSeenAtMs), watchedMinutes.toFixed(2)].map(field).join(),
  );
  return [header, ...lines].map((line) => `${line}\r\n`).join('');
}

function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** Quoted where it must be. A name that a spreadsheet would take for a formula begins with an apostrophe. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
