/** Error catalog of FFmpeg child processes. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const ffmpegErrorCatalog = {
  FFMPEG_SPAWN_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'FFmpeg could not be started.',
    fix: 'Check that the configured FFmpeg path exists, is executable, and that process and file limits leave room.',
  },
  FFMPEG_PIPE_UNKNOWN: {
    fault: 'internal',
    retryable: false,
    httpStatus: 500,
    summary: 'A file descriptor was asked for that this FFmpeg was not started with.',
    fix: 'List the descriptor in inputFds or outputFds.',
  },
} as const satisfies ErrorCatalog;

export const ffmpegError = defineErrors(ffmpegErrorCatalog);
