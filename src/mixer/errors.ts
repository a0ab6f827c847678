/** Everything that can go wrong in the mixer, by code. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const mixerErrorCatalog = {
  MIXER_ENCODER_DIED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The encoder ended while the program was running.',
    fix: 'The supervisor starts a new run; look at the last lines of the encoder in the log.',
  },
  MIXER_ENCODER_STALLED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The encoder stopped giving fragments.',
    fix: 'The supervisor starts a new run; check that the machine has CPU to spare.',
  },
  MIXER_ENCODER_OUTPUT_INVALID: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The encoder wrote bytes that are no CMAF stream.',
    fix: 'The supervisor starts a new run; check the version of FFmpeg.',
  },
  MIXER_COMMAND_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The mixer got a command that it does not understand.',
    fix: 'Send a command as src/mixer/ports.ts describes it.',
  },
  MIXER_START_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The program could not be started.',
    fix: 'Look at the cause in the log: usually the RTP address or the path of FFmpeg.',
  },
  MIXER_TICK_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'Composing a frame failed.',
    fix: 'The supervisor starts a new run; report the stack in the log.',
  },
  MIXER_FELL_BEHIND: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The program fell seconds behind real time.',
    fix: 'The supervisor starts a new run at the true time; give the machine more CPU or lower the canvas size.',
  },
  MIXER_CHANNEL_FULL: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The parent process does not read what the mixer sends.',
    fix: 'The supervisor starts a new run; check why the parent was blocked.',
  },
} as const satisfies ErrorCatalog;

export const mixerError = defineErrors(mixerErrorCatalog);
