/** Numbers and dates as people read them. */

/** Seconds as `m:ss` or `h:mm:ss`; negative and non-finite values give `0:00`. */
export function formatClock(totalSec: number): string {
  const whole = Number.isFinite(totalSec) && totalSec > 0 ? Math.floor(totalSec) : 0;
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(seconds).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** Hours and minutes of a wall time, as the reader's language writes them. */
export function formatTimeOfDay(wallMs: number): string {
  return new Date(wallMs).toLocaleTimeString([...navigator.languages], { hour: '2-digit', minute: '2-digit' });
}

/** Decimal units, as disks and downloads are labelled. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.max(0, bytes);
  let unitIndex = 0;
  while (value >= 999.5 && unitIndex < units.length - 1) {
    value /= 1000;
    unitIndex += 1;
  }
  return `${unitIndex === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unitIndex] ?? 'B'}`;
}

/** Latency as `1.4 s`; above a minute as a clock. */
export function formatLatency(latencyMs: number): string {
  return latencyMs < 60_000 ? `${(Math.max(0, latencyMs) / 1000).toFixed(1)} s` : formatClock(latencyMs / 1000);
}

/** A name cut to two letters for a tile without picture; `?` when there is nothing to show. */
export function initials(displayName: string): string {
  const words = displayName
    .trim()
    .split(/\s+/)
    .filter((word) => word.length > 0);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return picked.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase() ?? '').join('') || '?';
}

/** A language as the reader's own language calls it: `German` for `de`; the tag itself where nobody knows it. */
export function languageName(tag: string, locales: readonly string[] = navigator.languages): string {
  return new Intl.DisplayNames([...locales], { type: 'language', fallback: 'code' }).of(tag) ?? tag;
}
