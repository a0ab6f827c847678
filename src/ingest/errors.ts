/** Every coded failure of the publisher side. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const ingestErrorCatalog = {
  INGEST_NOT_FOUND: {
    fault: 'caller',
    retryable: false,
    httpStatus: 404,
    summary: 'No such transport or producer, or it belongs to somebody else.',
    fix: 'Use ids this peer was given that are still open.',
  },
  INGEST_TRANSPORT_LIMIT: {
    fault: 'caller',
    retryable: false,
    httpStatus: 429,
    summary: 'The peer has a transport of this direction already.',
    fix: 'Use the open one; it can be replaced once it was closed.',
  },
  INGEST_PRODUCER_LIMIT: {
    fault: 'caller',
    retryable: false,
    httpStatus: 429,
    summary: 'The peer sends this source already.',
    fix: 'Close the microphone or camera producer before making another.',
  },
  INGEST_PARAMETERS_REJECTED: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The media engine rejected the parameters.',
    fix: 'Send the parameters that mediasoup-client makes from the router capabilities, unchanged.',
  },
  INGEST_KIND_MISMATCH: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The kind of media does not match the source or the transport direction.',
    fix: 'Send audio for microphone, video for camera, both on the send transport.',
  },
  INGEST_CODEC_UNSUPPORTED: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The stage does not take this codec.',
    fix: 'Send Opus, VP8 or constrained-baseline H.264.',
  },
  INGEST_TOO_MANY_ENCODINGS: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'More encodings than the stage takes.',
    fix: 'Send at most three simulcast encodings of a camera and one of a microphone.',
  },
  INGEST_TRANSPORT_LOST: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The transport closed while the request was under way.',
    fix: 'Make a new transport and try again.',
  },
} as const satisfies ErrorCatalog;

export const ingestError = defineErrors(ingestErrorCatalog);
