/** Size of a message on the way to another process, near enough to bound a backlog by it. */

/** What a small object costs beside its binary payload. */
const overheadBytes = 256;
const maxDepth = 6;

/** Bytes of all typed arrays and strings in a message, plus a flat overhead. Pure; >= 256. */
export function messageSizeBytes(message: unknown): number {
  return overheadBytes + payloadBytes(message, maxDepth);
}

function payloadBytes(value: unknown, depthLeft: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (depthLeft === 0) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + payloadBytes(item, depthLeft - 1), 0);
}
