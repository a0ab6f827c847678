/** Coded errors of the processes that the application starts. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const processErrorCatalog = {
  PROCESS_NO_PARENT: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'This role has to be started by the control process.',
    fix: 'Start Rostrum with npm start.',
  },
  TURN_NOT_INSTALLED: {
    fault: 'caller',
    retryable: false,
    httpStatus: 503,
    summary: 'The program turnserver is not installed.',
    fix: 'apt-get install coturn',
  },
  TURN_PORT_IN_USE: {
    fault: 'caller',
    retryable: true,
    httpStatus: 503,
    summary: 'The TURN port is taken by another program.',
    fix: "Choose another one with ROSTRUM_TURN_PORT, or stop the system's own coturn: systemctl disable --now coturn.",
  },
  TURN_NOT_READY: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The TURN server did not answer a STUN binding request in time.',
    fix: 'Look at the turnserver lines in the log.',
  },
} as const satisfies ErrorCatalog;

export const processError = defineErrors(processErrorCatalog);
