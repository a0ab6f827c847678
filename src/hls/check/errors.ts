/** What keeps the stream checker from looking at all; what it finds while looking is a finding, not an error. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const hlsCheckErrorCatalog = {
  HLS_CHECK_URL_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The address is not an absolute http or https URL.',
    fix: 'Give the URL of a multivariant or media playlist.',
  },
  HLS_CHECK_ORIGIN_REFUSED: {
    fault: 'caller',
    retryable: false,
    httpStatus: 403,
    summary: 'The stream leads to another origin than the one it was asked from.',
    fix: 'Name that origin with --allow-origin if it may be asked.',
  },
  HLS_CHECK_UNREACHABLE: {
    fault: 'peer',
    retryable: true,
    httpStatus: 502,
    summary: 'The server did not answer.',
    fix: 'Check the address and the network.',
  },
  HLS_CHECK_DEADLINE: {
    fault: 'peer',
    retryable: true,
    httpStatus: 504,
    summary: 'The answer did not come, or did not end, in time.',
    fix: 'Check the load of the server.',
  },
  HLS_CHECK_ANSWER_TOO_LARGE: {
    fault: 'peer',
    retryable: false,
    httpStatus: 502,
    summary: 'The answer is larger than anything of its kind should be.',
    fix: 'Check that the address is that of a playlist or a segment.',
  },
  HLS_CHECK_PLAYLIST_UNREADABLE: {
    fault: 'peer',
    retryable: false,
    httpStatus: 502,
    summary: 'The bytes are not a playlist.',
    fix: 'Give the URL of a multivariant or media playlist.',
  },
  HLS_CHECK_STOPPED: {
    fault: 'caller',
    retryable: true,
    httpStatus: 503,
    summary: 'The check was stopped.',
    fix: 'Start it again.',
  },
} as const satisfies ErrorCatalog;

export const hlsCheckError = defineErrors(hlsCheckErrorCatalog);
