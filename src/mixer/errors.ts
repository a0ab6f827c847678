/** Everything that can go wrong in the mixer, by code. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const mixerErrorCatalog = {
  MIXER_ENCODER_DIED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The encoder ended while the program was running.',
    fix: 'Another encoder goes on by itself; look at the last lines of this one in the log.',
  },
  MIXER_ENCODER_STALLED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The encoder stopped giving fragments.',
    fix: 'Another encoder goes on by itself; check that the machine has CPU to spare.',
  },
  MIXER_ENCODER_OUTPUT_INVALID: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The encoder wrote bytes that are no CMAF stream.',
    fix: 'Another encoder goes on by itself; check the version of FFmpeg.',
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
    fix: 'Another mixer process takes over by itself; report the stack in the log.',
  },
  MIXER_FELL_BEHIND: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The program fell seconds behind real time.',
    fix: 'A new run goes on at the true time by itself; give the machine more CPU or shorten the ladder.',
  },
  MIXER_ENCODER_OVERLOADED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The encoder is slower than the program: the largest renditions are left out.',
    fix: 'They come back by themselves after a quiet time; give the machine more CPU or shorten the ladder.',
  },
  MIXER_ENCODER_UNUSABLE: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'One encoder after the other was lost within seconds.',
    fix: 'Another mixer process tries again by itself; look at the causes in the log, and whether FFmpeg runs on this machine.',
  },
  MIXER_IMAGE_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 422,
    summary: 'The file is no picture that can be used.',
    fix: 'Send an intact PNG, JPEG or WebP file; a WebP without animation.',
  },
  MIXER_IMAGE_TOO_LARGE: {
    fault: 'caller',
    retryable: false,
    httpStatus: 413,
    summary: 'The picture is too large.',
    fix: 'Send at most 4 MiB and 16 megapixels, no side longer than 8192 pixels.',
  },
  MIXER_IMAGE_BUSY: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'Too many pictures are being read at the same time.',
    fix: 'Send it again in a few seconds.',
  },
  MIXER_CHANNEL_FULL: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'The parent process does not read what the mixer sends.',
    fix: 'Another mixer process takes over by itself; check why the parent was blocked.',
  },
  MIXER_SANDBOX_UNAVAILABLE: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'Decoders must run isolated, and this machine does not offer it.',
    fix: 'Install bubblewrap and util-linux and allow user namespaces, or set ROSTRUM_MIXER_SANDBOX=best-effort.',
  },
} as const satisfies ErrorCatalog;

export const mixerError = defineErrors(mixerErrorCatalog);
