/** How fast something grows. */

/** Least squares through [seconds, value] points, per hour; 0 for fewer than two different times. Pure. */
export function slopePerHour(points: readonly (readonly [atSec: number, value: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanSec = mean(points.map(([atSec]) => atSec));
  const meanValue = mean(points.map(([, value]) => value));
  const spread = points.reduce((sum, [atSec]) => sum + (atSec - meanSec) ** 2, 0);
  if (points.length < 2 || spread === 0) return 0;
  const product = points.reduce((sum, [atSec, value]) => sum + (atSec - meanSec) * (value - meanValue), 0);
  return (product / spread) * 3600;
}
