/** NAL units out of H.264 RTP payloads, packetization mode 1 (RFC 6184 §5.6 single, §5.7.1 STAP-A, §5.8 FU-A). */
import { concatBytes } from '../concat-bytes.ts';
import { isVcl, nalType, nalTypeOf } from './nal-unit.ts';

const stapA = 24;
const fuA = 28;

/**
 * The NAL units of one access unit from its payloads in order. Undefined when a payload is malformed, of a type that
 * mode 1 does not have, or a fragment lacks its start, middle or end. Empty payloads count for nothing. Never throws.
 */
export function depacketizeH264(payloads: readonly Uint8Array[]): Uint8Array[] | undefined {
  const nalUnits: Uint8Array[] = [];
  let fragments: Uint8Array[] | undefined;
  for (const payload of payloads) {
    if (payload.length === 0) continue;
    const type = nalTypeOf(payload);
    if (type === fuA) {
      const fragment = readFragment(payload);
      if (fragment === undefined || fragment.isStart !== (fragments === undefined)) return undefined;
      fragments ??= [fragment.header];
      fragments.push(fragment.body);
      if (!fragment.isEnd) continue;
      nalUnits.push(concatBytes(fragments));
      fragments = undefined;
      continue;
    }
    if (fragments !== undefined) return undefined;
    const whole = type === stapA ? readAggregate(payload) : type > 0 && type < stapA ? [payload] : undefined;
    if (whole === undefined) return undefined;
    nalUnits.push(...whole);
  }
  return fragments === undefined ? nalUnits : undefined;
}

/** True when this payload begins, or holds, something only a keyframe has: an IDR slice or parameter sets. */
export function startsH264Keyframe(payload: Uint8Array): boolean {
  const type = nalTypeOf(payload);
  if (type === fuA) {
    const fuHeader = payload[1] ?? 0;
    return (fuHeader & 0x80) !== 0 && (fuHeader & 0x1f) === nalType.idrSlice;
  }
  const types = type === stapA ? (readAggregate(payload) ?? []).map(nalTypeOf) : [type];
  return types.some((one) => one === nalType.idrSlice || one === nalType.sps);
}

/**
 * True when this payload can be the first of a picture: a slice at macroblock 0 (first_mb_in_slice, §7.3.3, is a
 * single 1 bit), or what precedes one: SPS, SEI, delimiter, aggregate.
 */
export function startsH264Picture(payload: Uint8Array): boolean {
  const type = nalTypeOf(payload);
  if (type === fuA) {
    const fuHeader = payload[1] ?? 0;
    const isFirstSlice = !isVcl(fuHeader & 0x1f) || ((payload[2] ?? 0) & 0x80) !== 0;
    return (fuHeader & 0x80) !== 0 && isFirstSlice;
  }
  if (type === stapA) {
    const first = readAggregate(payload)?.[0];
    return first !== undefined && startsH264Picture(first);
  }
  if (isVcl(type)) return ((payload[1] ?? 0) & 0x80) !== 0;
  return type === nalType.sps || type === nalType.sei || type === nalType.accessUnitDelimiter;
}

interface Fragment {
  readonly isStart: boolean;
  readonly isEnd: boolean;
  /** The NAL unit's first byte, rebuilt. */
  readonly header: Uint8Array;
  readonly body: Uint8Array;
}

function readFragment(payload: Uint8Array): Fragment | undefined {
  const indicator = payload[0];
  const fuHeader = payload[1];
  if (indicator === undefined || fuHeader === undefined || payload.length < 3) return undefined;
  return {
    isStart: (fuHeader & 0x80) !== 0,
    isEnd: (fuHeader & 0x40) !== 0,
    header: Uint8Array.of((indicator & 0xe0) | (fuHeader & 0x1f)),
    body: payload.subarray(2),
  };
}

function readAggregate(payload: Uint8Array): Uint8Array[] | undefined {
  const nalUnits: Uint8Array[] = [];
  for (let offset = 1; offset < payload.length;) {
    const byteCount = ((payload[offset] ?? 0) << 8) | (payload[offset + 1] ?? 0);
    const start = offset + 2;
    if (byteCount === 0 || start + byteCount > payload.length) return undefined;
    nalUnits.push(payload.subarray(start, start + byteCount));
    offset = start + byteCount;
  }
  return nalUnits;
}
