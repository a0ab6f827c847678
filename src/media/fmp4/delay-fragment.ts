/** Moves a movie fragment to another place of its track's timeline. */
import { childBoxes, onlyBox, readBoxes, readFullBoxHeader, bodyReader } from './box-reader.ts';
import { fmp4Error } from './errors.ts';

/**
 * Adds `ticks` to the decode time of the first sample (tfdt, ISO/IEC 14496-12 §8.8.12), in the given bytes themselves.
 * @throws FMP4_FRAGMENT_INVALID when the time would leave the field, FMP4_BOX_MALFORMED, FMP4_BOX_TRUNCATED
 */
export function delayFragment(bytes: Uint8Array, ticks: number): void {
  const traf = onlyBox(childBoxes(bytes, onlyBox(readBoxes(bytes), 'moof')), 'traf');
  const tfdt = onlyBox(childBoxes(bytes, traf), 'tfdt');
  const reader = bodyReader(bytes, tfdt);
  const isLong = readFullBoxHeader(reader).version === 1;
  const startTicks = (isLong ? reader.u64() : reader.u32()) + ticks;
  if (startTicks < 0 || startTicks > (isLong ? Number.MAX_SAFE_INTEGER : 0xffff_ffff)) {
    throw fmp4Error('FMP4_FRAGMENT_INVALID', { message: 'A fragment would begin before or beyond all time.' });
  }
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = tfdt.bodyStart + 4;
  if (isLong) fields.setBigUint64(at, BigInt(startTicks));
  else fields.setUint32(at, startTicks);
}
