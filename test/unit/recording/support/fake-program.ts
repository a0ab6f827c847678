/** Recorder input without media meaning: the spool never looks into bytes. Parts of 1 s, segments as long as wanted. */
import {
  type RecordedInit,
  type RecordedPart,
  type RecordedSegment,
  type RecordingStart,
} from '../../../../src/recording/index.ts';
import { type SpooledSegment } from '../../../../src/recording/spool/spool-state.ts';
import { type JournalRecord } from '../../../../src/recording/spool/journal-records.ts';

export const renditionId = 'video-720p';
export const wallStartMs = Date.UTC(2026, 0, 1);
const timescaleHz = 90_000;

export function recordingStart(sessionId = 'session-1'): RecordingStart {
  return {
    webinarId: 'webinar-1',
    sessionId,
    title: 'A title',
    startedAtMs: wallStartMs,
    renditions: [{ renditionId, kind: 'video', peakBitsPerSec: 1_000_000 }],
  };
}

export function startRecord(): JournalRecord {
  return { type: 'begin', start: { ...recordingStart(), renditions: [...recordingStart().renditions] } };
}

export function initOf(runIndex: number): RecordedInit {
  return { renditionId, runIndex, bytes: Buffer.from(`init of run ${runIndex};`) };
}

export function partOf(mediaSequenceNumber: number, partIndex: number, sizeBytes = 40): RecordedPart {
  const second = mediaSequenceNumber * 4 + partIndex;
  return {
    renditionId,
    runIndex: 0,
    mediaSequenceNumber,
    partIndex,
    bytes: Buffer.alloc(sizeBytes, `${mediaSequenceNumber}.${partIndex};`),
    startTicks: (10 + second) * timescaleHz,
    durationTicks: timescaleHz,
    timescaleHz,
    programDateTimeMs: wallStartMs + second * 1000,
  };
}

export function segmentOf(mediaSequenceNumber: number, partCount: number): RecordedSegment {
  return {
    renditionId,
    runIndex: 0,
    mediaSequenceNumber,
    partCount,
    durationTicks: partCount * timescaleHz,
    timescaleHz,
    isDiscontinuity: false,
    programDateTimeMs: wallStartMs + mediaSequenceNumber * 4000,
  };
}

/** A closed segment of one part as the finisher sees it; wall time goes with media time from 10 s on. */
export function spooledSegment(
  mediaSequenceNumber: number,
  timing: { startSec: number; durationSec: number; runIndex?: number; sizeBytes?: number },
): SpooledSegment {
  return {
    renditionId,
    runIndex: timing.runIndex ?? 0,
    mediaSequenceNumber,
    offsetBytes: 0,
    startTicks: timing.startSec * timescaleHz,
    timescaleHz,
    programDateTimeMs: wallStartMs + (timing.startSec - 10) * 1000,
    sizeBytes: timing.sizeBytes ?? 1000,
    durationTicks: timing.durationSec * timescaleHz,
    partCount: 1,
    sha256: '0'.repeat(64),
    isDiscontinuity: false,
    isTorn: false,
    isDamaged: false,
  };
}
