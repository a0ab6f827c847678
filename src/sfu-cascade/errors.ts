/** Every coded failure of the SFU cascade. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const sfuErrorCatalog = {
  SFU_PORT_TAKEN: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'A media port is used by another program.',
    fix: 'Free the port or choose another range with sfu.basePort (ROSTRUM_SFU_BASE_PORT).',
  },
  SFU_LISTEN_IP_UNUSABLE: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The machine has no such address to listen on.',
    fix: 'List addresses of this machine in sfu.listenIps (ROSTRUM_SFU_LISTEN_IPS).',
  },
  SFU_WORKER_START_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'A mediasoup worker did not start.',
    fix: 'Check that sfu.workerBin (ROSTRUM_SFU_WORKER_BIN) is an executable made for this machine; run the set-up again.',
  },
  SFU_NO_WORKER: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'No media worker is running at the moment.',
    fix: 'Try again in a few seconds; a replacement is on its way.',
  },
  SFU_WORKER_LOST: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The media worker ended while it worked on this.',
    fix: 'Make a new transport and try again.',
  },
  SFU_NOT_FOUND: {
    fault: 'caller',
    retryable: false,
    httpStatus: 404,
    summary: 'No such producer or consumer, or it belongs to somebody else.',
    fix: 'Use ids from this webinar that are still announced.',
  },
  SFU_CANNOT_CONSUME: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The receiver supports no codec of this producer.',
    fix: 'Load the router capabilities first and send the capabilities that result.',
  },
  SFU_CONSUMER_LIMIT: {
    fault: 'caller',
    retryable: true,
    httpStatus: 429,
    summary: 'The peer has as many consumers as it may have.',
    fix: 'Close consumers that are not shown.',
  },
  SFU_PARAMETERS_REJECTED: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The media engine rejected the parameters.',
    fix: 'Send the parameters that mediasoup-client makes, unchanged.',
  },
} as const satisfies ErrorCatalog;

export const sfuError = defineErrors(sfuErrorCatalog);
