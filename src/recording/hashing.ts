/** SHA-256 of streams. */
import { createHash } from 'node:crypto';

/** @returns lower-case hex and the number of bytes read. */
export async function hashStream(
  stream: AsyncIterable<unknown>,
  onBytes?: (byteCount: number) => void,
): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of stream) {
    const bytes = chunk as Uint8Array;
    hash.update(bytes);
    sizeBytes += bytes.length;
    onBytes?.(bytes.length);
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
