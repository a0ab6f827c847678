/** What can be wrong with fMP4 bytes that came from outside. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const fmp4ErrorCatalog = {
  FMP4_BOX_TRUNCATED: {
    fault: 'peer',
    retryable: false,
    httpStatus: 422,
    summary: 'A box or field ends behind the bytes that hold it.',
    fix: 'Restart whatever writes the stream; it cannot be resynchronised.',
  },
  FMP4_BOX_MALFORMED: {
    fault: 'peer',
    retryable: false,
    httpStatus: 422,
    summary: 'The bytes are not an ISO base media box.',
    fix: 'Restart whatever writes the stream; it cannot be resynchronised.',
  },
  FMP4_BOX_TOO_LARGE: {
    fault: 'peer',
    retryable: false,
    httpStatus: 422,
    summary: 'A box is larger than the limit for its kind.',
    fix: 'Lower the bit rate or raise the limit where the stream is split.',
  },
  FMP4_BOX_UNEXPECTED: {
    fault: 'peer',
    retryable: false,
    httpStatus: 422,
    summary: 'A box stands where the order ftyp moov (moof mdat)* does not allow it.',
    fix: 'Check the muxer flags: one fragmented track per output with empty_moov.',
  },
  FMP4_INIT_UNSUPPORTED: {
    fault: 'peer',
    retryable: false,
    httpStatus: 422,
    summary: 'The initialization segment is not one H.264 (avc1) or AAC (mp4a) track.',
    fix: 'Write each rendition to its own output with libx264 or aac.',
  },
  FMP4_FRAGMENT_INVALID: {
    fault: 'peer',
    retryable: false,
    httpStatus: 422,
    summary: 'The fragment does not describe its own samples.',
    fix: 'Check the muxer flags: default_base_moof, one track, one movie fragment with its mdat.',
  },
} as const satisfies ErrorCatalog;

export const fmp4Error = defineErrors(fmp4ErrorCatalog);
