/** Error catalog of the mixer's input. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const mixerInputErrorCatalog = {
  MIXER_INPUT_BIND_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'The UDP socket for RTP could not be bound.',
    fix: 'Check that the configured RTP address belongs to this host.',
  },
  MIXER_INPUT_SOURCE_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The source is not one the mixer can play.',
    fix: 'Give video as VP8 or H264 at 90000 Hz or audio as opus at 48000 Hz, with an SSRC no other source has.',
  },
  MIXER_INPUT_SOURCE_LIMIT: {
    fault: 'caller',
    retryable: true,
    httpStatus: 503,
    summary: 'The program has as many sources as it can take.',
    fix: 'Remove a source first.',
  },
} as const satisfies ErrorCatalog;

export const mixerInputError = defineErrors(mixerInputErrorCatalog);
