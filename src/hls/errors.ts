/** Everything that can go wrong between the encoder's fragments and a viewer's request. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const hlsErrorCatalog = {
  HLS_PROGRAM_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The renditions cannot make one program.',
    fix: 'Give unique path-safe ids, at least one video rendition, and one frame rate for all of them.',
  },
  HLS_RENDITION_UNKNOWN: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The program has no rendition of that id.',
    fix: 'Use the rendition ids that the program was created with.',
  },
  HLS_RUN_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The run does not follow the runs before it.',
    fix: 'Take a new, higher runIndex, start at nextRunStartSec() or a later grid point, carry some video and some audio.',
  },
  HLS_RUN_NOT_OPEN: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'Media arrived while no run was open.',
    fix: 'Call beginRun first; ignore what a dead encoder still had in its pipe.',
  },
  HLS_INIT_MISSING: {
    fault: 'peer',
    retryable: false,
    httpStatus: 500,
    summary: 'A fragment arrived before the initialization segment of its run.',
    fix: 'Restart the mixer.',
  },
  HLS_INIT_MISMATCH: {
    fault: 'peer',
    retryable: false,
    httpStatus: 500,
    summary: 'The initialization segment is not what the rendition was announced as.',
    fix: 'Make the encoder options and the rendition say the same: kind, size, 90 kHz video, 48 kHz audio.',
  },
  HLS_TIMELINE_BROKEN: {
    fault: 'peer',
    retryable: false,
    httpStatus: 500,
    summary: 'A fragment does not continue the timeline of its rendition.',
    fix: 'Restart the mixer; the program goes on behind a discontinuity.',
  },
  HLS_KEYFRAME_MISSING: {
    fault: 'peer',
    retryable: false,
    httpStatus: 500,
    summary: 'The first frame of a segment is not an IDR picture.',
    fix: 'Make the keyframe interval divide the segment and switch scene-cut keyframes off.',
  },
  HLS_RENDITION_STALLED: {
    fault: 'peer',
    retryable: false,
    httpStatus: 500,
    summary: 'One rendition runs ahead because another delivers nothing.',
    fix: 'Restart the mixer.',
  },
  HLS_NOT_FOUND: {
    fault: 'caller',
    retryable: false,
    httpStatus: 404,
    summary: 'Nothing is published at this address.',
    fix: 'Start from the multivariant playlist.',
  },
  HLS_NOT_READY: {
    fault: 'caller',
    retryable: true,
    httpStatus: 503,
    summary: 'The program has not published its first segment yet.',
    fix: 'Ask again in a second.',
  },
  HLS_DIRECTIVE_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The delivery directives are not valid.',
    fix: 'Send _HLS_msn and _HLS_part once each, as whole numbers, _HLS_part only with _HLS_msn, _HLS_skip=YES.',
  },
  HLS_MSN_TOO_FAR: {
    fault: 'caller',
    retryable: false,
    httpStatus: 400,
    summary: 'The segment or part asked for is too far in the future.',
    fix: 'Load the playlist without directives and go on from its end.',
  },
  HLS_HOLD_TIMEOUT: {
    fault: 'internal',
    retryable: true,
    httpStatus: 503,
    summary: 'What was asked for did not appear in time.',
    fix: 'Load the playlist again.',
  },
  HLS_TOO_MANY_HELD: {
    fault: 'caller',
    retryable: true,
    httpStatus: 503,
    summary: 'Too many requests are being held.',
    fix: 'Ask again in a second; put a collapsing cache in front of a large audience.',
  },
  HLS_METHOD_NOT_ALLOWED: {
    fault: 'caller',
    retryable: false,
    httpStatus: 405,
    summary: 'Only GET, HEAD and OPTIONS are answered here.',
    fix: 'Use GET.',
  },
} as const satisfies ErrorCatalog;

export const hlsError = defineErrors(hlsErrorCatalog);
