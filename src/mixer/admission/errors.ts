/** What can keep a ladder from being admitted. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const admissionErrorCatalog = {
  MIXER_LADDER_TOO_HEAVY: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'This machine cannot encode the ladder in real time.',
    fix: 'Take the smaller ladder that the message names, or a faster machine; ROSTRUM_MIXER_ADMISSION=skip starts anyway.',
  },
  MIXER_CAPACITY_EXHAUSTED: {
    fault: 'caller',
    retryable: true,
    httpStatus: 503,
    summary: 'This machine cannot encode one more live webinar beside those that are live.',
    fix: 'End one first, shorten the ladder, or run another server.',
  },
  MIXER_ADMISSION_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'What this machine can encode could not be measured.',
    fix: 'Look at the cause: usually FFmpeg or its libx264; ROSTRUM_MIXER_ADMISSION=skip starts without measuring.',
  },
} as const satisfies ErrorCatalog;

export const admissionError = defineErrors(admissionErrorCatalog);
