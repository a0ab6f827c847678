/** Decodable access units: parameter sets are remembered and put before every IDR picture. */
import { depacketizeH264 } from './depacketize.ts';
import { isVcl, nalType, nalTypeOf, toAnnexB } from './nal-unit.ts';

export interface AccessUnit {
  /** Annex B; an IDR picture begins with its SPS and PPS. */
  readonly bytes: Uint8Array;
  readonly isKeyframe: boolean;
}

/** `parameterSetsOnly`: nothing to decode now, they are kept. `broken`: not a whole access unit. */
export type AccessUnitResult = AccessUnit | 'parameterSetsOnly' | 'broken';

/** Distinct parameter sets kept of each kind; H.264 allows more, senders use one or two. */
const maxParameterSets = 8;

export class AccessUnitBuilder {
  readonly #sps = new Map<number, Uint8Array>();
  readonly #pps = new Map<number, Uint8Array>();

  /** @param payloads the RTP payloads of one timestamp, in order and complete. */
  build(payloads: readonly Uint8Array[]): AccessUnitResult {
    const nalUnits = depacketizeH264(payloads);
    if (nalUnits === undefined) return 'broken';
    for (const unit of nalUnits) this.#remember(unit);
    const others = nalUnits.filter((unit) => !isParameterSet(nalTypeOf(unit)));
    if (!others.some((unit) => isVcl(nalTypeOf(unit)))) return 'parameterSetsOnly';
    const isKeyframe = others.some((unit) => nalTypeOf(unit) === nalType.idrSlice);
    if (!isKeyframe) return { bytes: toAnnexB(nalUnits), isKeyframe };
    // Without parameter sets an IDR picture cannot be decoded: it opens no gate.
    if (this.#sps.size === 0 || this.#pps.size === 0) return 'broken';
    return { bytes: toAnnexB([...this.#sps.values(), ...this.#pps.values(), ...others]), isKeyframe };
  }

  #remember(unit: Uint8Array): void {
    const type = nalTypeOf(unit);
    if (type === nalType.sps) keep(this.#sps, spsIdOf(unit), unit);
    else if (type === nalType.pps) keep(this.#pps, ppsIdOf(unit), unit);
  }
}

function isParameterSet(type: number): boolean {
  return type === nalType.sps || type === nalType.pps || type === nalType.accessUnitDelimiter;
}

function keep(sets: Map<number, Uint8Array>, id: number, unit: Uint8Array): void {
  sets.delete(id);
  // A copy: the unit is a view into a packet that would otherwise stay in memory whole.
  sets.set(id, unit.slice());
  const oldest = sets.keys().next();
  if (sets.size > maxParameterSets && oldest.done !== true) sets.delete(oldest.value);
}

/** seq_parameter_set_id is the ue(v) after profile, constraints and level (§7.3.2.1.1). */
function spsIdOf(unit: Uint8Array): number {
  return leadingExpGolomb(unit.subarray(4));
}

/** pic_parameter_set_id is the first ue(v) (§7.3.2.2). */
function ppsIdOf(unit: Uint8Array): number {
  return leadingExpGolomb(unit.subarray(1));
}

/** ue(v) at the very start (§9.1), at most 24 bits long: ids are 0..31 and 0..255. */
function leadingExpGolomb(bytes: Uint8Array): number {
  const bits = ((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
  const zeroCount = Math.clz32(bits) - 8;
  if (zeroCount > 11) return 0;
  return (bits >> (23 - 2 * zeroCount)) - 1;
}
