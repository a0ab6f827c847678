/** Errors of the composition root: entry, webinars, the HTTP API. */
import { type ErrorCatalog, defineErrors } from '../core/errors.ts';

export const appErrorCatalog = {
  AUTH_API_KEY_MISSING: {
    fault: 'caller',
    retryable: false,
    httpStatus: 401,
    summary: 'This call needs the API key.',
    fix: 'Send the header "Authorization: Bearer <API key>".',
  },
  AUTH_API_KEY_WRONG: {
    fault: 'caller',
    retryable: false,
    httpStatus: 401,
    summary: 'The API key is not the one of this server.',
    fix: 'Use the key that the first `npm start` printed, or set ROSTRUM_API_KEY and restart.',
  },
  AUTH_TOKEN_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 401,
    summary: 'This link is not valid here.',
    fix: 'Ask the host for a new link.',
  },
  AUTH_TOKEN_EXPIRED: {
    fault: 'caller',
    retryable: false,
    httpStatus: 401,
    summary: 'This link has expired.',
    fix: 'Ask the host for a new link.',
  },
  AUTH_RATE_LIMITED: {
    fault: 'caller',
    retryable: true,
    httpStatus: 429,
    summary: 'Too many wrong attempts from this address.',
    fix: 'Wait a minute and try again.',
  },
  WEBINAR_NOT_FOUND: {
    fault: 'caller',
    retryable: false,
    httpStatus: 404,
    summary: 'There is no such webinar.',
    fix: 'Check the link; GET /api/webinars lists those that exist.',
  },
  WEBINAR_BUSY: {
    fault: 'caller',
    retryable: true,
    httpStatus: 409,
    summary: 'The webinar is just starting or ending.',
    fix: 'Wait a few seconds and try again.',
  },
  WEBINAR_LIMIT_REACHED: {
    fault: 'caller',
    retryable: true,
    httpStatus: 503,
    summary: 'This machine already runs as many live webinars as it may.',
    fix: 'End another one, or raise ROSTRUM_MAX_LIVE_WEBINARS on a larger machine.',
  },
  WEBINAR_START_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'The broadcast could not be started.',
    fix: 'Try again; the server log names the part that failed.',
  },
  HTTP_BODY_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The request is not valid.',
    fix: 'Correct the fields named in details; /api/openapi.json describes each call.',
  },
  HTTP_NOT_FOUND: {
    fault: 'caller',
    retryable: false,
    httpStatus: 404,
    summary: 'There is nothing at this address.',
    fix: 'Check the path; /api/openapi.json lists the calls.',
  },
  HTTP_PORT_TAKEN: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The HTTP port is in use by another program.',
    fix: 'Stop that program or set ROSTRUM_HTTP_PORT to a free port.',
  },
  HTTP_PORT_FORBIDDEN: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The HTTP address cannot be used on this machine.',
    fix: 'Set ROSTRUM_HTTP_HOST to an address of this machine and ROSTRUM_HTTP_PORT to 1024 or more.',
  },
  APP_DATA_DIR_UNWRITABLE: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The data folder cannot be written.',
    fix: 'Give this user write access to it, or set ROSTRUM_DATA_DIR to another folder.',
  },
  APP_DATA_DIR_IN_USE: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'Another Rostrum is running on this data folder.',
    fix: 'Stop it, or set ROSTRUM_DATA_DIR to another folder.',
  },
  APP_FFMPEG_MISSING: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'FFmpeg was not found or lacks what Rostrum needs.',
    fix: 'Install it (apt-get install ffmpeg) or set ROSTRUM_MIXER_FFMPEG_PATH.',
  },
} as const satisfies ErrorCatalog;

export const appError = defineErrors(appErrorCatalog);
