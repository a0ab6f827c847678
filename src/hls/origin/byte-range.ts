/** One byte range of a body (RFC 9110 §14): what an I-frame playlist asks for, and players that resume. Pure. */

export interface ByteSpan {
  readonly from: number;
  /** Behind the last byte. */
  readonly to: number;
}

/**
 * @param range header as it came. Several ranges, or a header that makes no sense, get the whole, as a server may (§14.2).
 * @returns undefined for the whole
 */
export function requestedSpan(range: string | undefined, sizeBytes: number): ByteSpan | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  return from < to ? { from, to } : 'unsatisfiable';
}

/** Without copying. */
export function sliceBody(body: readonly Uint8Array[], { from, to }: ByteSpan): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const bytes of body) {
    const piece = bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (piece.length > 0) pieces.push(piece);
    at += bytes.length;
  }
  return pieces;
}
