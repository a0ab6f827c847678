/** How long to wait before the next restart. Pure. */

export interface BackoffLimits {
  /** Wait before the second restart in a row; the first is immediate. Doubles from there. */
  readonly firstMs: number;
  readonly maxMs: number;
}

export const defaultBackoffLimits: BackoffLimits = { firstMs: 500, maxMs: 8000 };

/** Milliseconds to wait after `failureCount` (>= 1) failures in a row: 0, 500, 1000, 2000 ... up to the limit. */
export function backoffMs(failureCount: number, limits: BackoffLimits = defaultBackoffLimits): number {
  if (failureCount <= 1) return 0;
  return Math.min(limits.maxMs, limits.firstMs * 2 ** (failureCount - 2));
}
