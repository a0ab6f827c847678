/** Errors of the recorder: spool, object store, finishing, library. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const recordingErrorCatalog = {
  REC_DATA_DIR_UNWRITABLE: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The data folder cannot be written.',
    fix: 'Give the user that runs the server write access to it, or point ROSTRUM_DATA_DIR at a folder that has it.',
  },
  REC_SPOOL_LOCKED: {
    fault: 'caller',
    retryable: true,
    httpStatus: 503,
    summary: 'Another recorder uses this spool.',
    fix: 'Stop the other server, or give this one its own ROSTRUM_DATA_DIR.',
  },
  REC_DISK_FULL: {
    fault: 'destination',
    retryable: true,
    httpStatus: 507,
    summary: 'The disk of the spool is full.',
    fix: 'Free space below the data folder; the recording goes on by itself.',
  },
  REC_WRITE_FAILED: {
    fault: 'destination',
    retryable: true,
    httpStatus: 500,
    summary: 'The spool cannot be written.',
    fix: 'Look at the disk of the data folder; the recording goes on by itself when writing works again.',
  },
  REC_JOURNAL_DAMAGED: {
    fault: 'destination',
    retryable: false,
    httpStatus: 500,
    summary: 'The journal of the recording is damaged in its middle.',
    fix: 'Check the disk; the spool folder named is kept as it is for inspection.',
  },
  REC_SPOOL_DAMAGED: {
    fault: 'destination',
    retryable: false,
    httpStatus: 500,
    summary: 'Recorded bytes in the spool are missing or changed.',
    fix: 'Check the disk; the spool folder named is kept as it is for inspection.',
  },
  REC_COMMAND_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The recorder got a message it does not understand.',
    fix: 'Run server and recorder in the same version.',
  },
  REC_OBJECT_KEY_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The object key is not valid.',
    fix: 'Use elements of letters, digits, dot, underscore and hyphen, none beginning with a dot, joined by slashes.',
  },
  REC_OBJECT_NOT_FOUND: {
    fault: 'caller',
    retryable: false,
    httpStatus: 404,
    summary: 'The object store has no such object.',
    fix: 'Check the key; GET /api/recordings/:id lists the objects of a recording.',
  },
  REC_OBJECT_RANGE_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 416,
    summary: 'The range lies outside the object.',
    fix: 'Ask for bytes between 0 and the size of the object.',
  },
  REC_STORE_FAILED: {
    fault: 'destination',
    retryable: true,
    httpStatus: 502,
    summary: 'The object store did not do what was asked.',
    fix: 'Look at the cause in the log; uploads are tried again for as long as the server runs.',
  },
  REC_UPLOAD_MISMATCH: {
    fault: 'destination',
    retryable: true,
    httpStatus: 502,
    summary: 'The object store holds other bytes than were sent.',
    fix: 'Look at the object store; the upload is tried again.',
  },
  REC_REMUX_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'The MP4 file could not be made.',
    fix: 'Look at the message of FFmpeg in the details; it is tried again by itself.',
  },
  REC_PROBE_FAILED: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'The finished MP4 file could not be examined.',
    fix: 'Check that ffprobe is installed; it is tried again by itself.',
  },
  REC_MP4_INCOMPLETE: {
    fault: 'internal',
    retryable: true,
    httpStatus: 500,
    summary: 'The finished MP4 file does not hold what was recorded.',
    fix: 'The spool is kept; it is tried again by itself.',
  },
  REC_NOT_FOUND: {
    fault: 'caller',
    retryable: false,
    httpStatus: 404,
    summary: 'There is no such recording.',
    fix: 'Check the id; GET /api/recordings lists those that exist.',
  },
  REC_NOT_FINISHED: {
    fault: 'caller',
    retryable: true,
    httpStatus: 409,
    summary: 'The recording is not finished yet.',
    fix: 'Wait for its end; GET /api/recordings/:id shows how far it is.',
  },
  REC_NO_MEDIA: {
    fault: 'caller',
    retryable: false,
    httpStatus: 409,
    summary: 'Nothing was recorded: the event ended before its first picture.',
    fix: 'There is nothing to play or download; GET /api/recordings/:id still tells who was there.',
  },
  REC_MANIFEST_INVALID: {
    fault: 'destination',
    retryable: false,
    httpStatus: 500,
    summary: 'The manifest of the recording cannot be read.',
    fix: 'Check the object store for damage or foreign changes.',
  },
} as const satisfies ErrorCatalog;

export const recordingError = defineErrors(recordingErrorCatalog);

/** What went wrong with a file, as a coded error; a full disk is told apart because the operator can cure it. */
export function toSpoolError(cause: unknown, path: string) {
  const systemCode = (cause as NodeJS.ErrnoException | undefined)?.code;
  const isFull = systemCode === 'ENOSPC' || systemCode === 'EDQUOT';
  return recordingError(isFull ? 'REC_DISK_FULL' : 'REC_WRITE_FAILED', { cause, details: { path, systemCode } });
}
