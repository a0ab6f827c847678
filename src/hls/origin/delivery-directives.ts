/** `_HLS_msn`, `_HLS_part`, `_HLS_skip` of a playlist request (rfc8216bis §6.2.5), typed or refused. */
import { hlsError } from '../errors.ts';
import { type DeltaKind } from '../playlist/delta-update.ts';

export interface DeliveryDirectives {
  readonly mediaSequenceNumber?: number;
  /** Only with mediaSequenceNumber. */
  readonly partIndex?: number;
  readonly delta: DeltaKind;
}

const integerPattern = /^[0-9]{1,15}$/;

/** Other parameters are ignored, so that what caches and analytics add does no harm. @throws HLS_DIRECTIVE_INVALID */
export function parseDeliveryDirectives(query: string): DeliveryDirectives {
  const parameters = new URLSearchParams(query);
  const mediaSequenceNumber = readInteger(parameters, '_HLS_msn');
  const partIndex = readInteger(parameters, '_HLS_part');
  if (partIndex !== undefined && mediaSequenceNumber === undefined) {
    throw hlsError('HLS_DIRECTIVE_INVALID', { message: '_HLS_part came without _HLS_msn.' });
  }
  const skip = readOnce(parameters, '_HLS_skip');
  if (skip !== undefined && skip !== 'YES' && skip !== 'v2') {
    throw hlsError('HLS_DIRECTIVE_INVALID', { message: '_HLS_skip is neither YES nor v2.' });
  }
  return {
    ...(mediaSequenceNumber === undefined ? {} : { mediaSequenceNumber }),
    ...(partIndex === undefined ? {} : { partIndex }),
    delta: skip === undefined ? 'full' : skip === 'v2' ? 'segmentsAndDateRanges' : 'segments',
  };
}

function readInteger(parameters: URLSearchParams, name: string): number | undefined {
  const text = readOnce(parameters, name);
  if (text === undefined) return undefined;
  if (!integerPattern.test(text))
    throw hlsError('HLS_DIRECTIVE_INVALID', { message: `${name} is not a whole number.` });
  return Number(text);
}

function readOnce(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  if (values.length > 1) throw hlsError('HLS_DIRECTIVE_INVALID', { message: `${name} came more than once.` });
  return values[0];
}
