/** Reads a program as the playlists show it. */
import { aacFrameSampleCount, audioTimescaleHz } from '../../media/timebase.ts';
import { type Program } from '../packager/program.ts';
import { type RenditionWindow, type StoredSegment } from '../packager/rendition-window.ts';
import { type MediaPlaylist, writeMediaPlaylist } from '../playlist/media-playlist.ts';
import { type PlaylistSegment } from '../playlist/media-segment.ts';
import { writeMultivariantPlaylist } from '../playlist/multivariant-playlist.ts';
import { fileNames } from './routes.ts';
import { type PlaylistPosition } from './blocking-reload.ts';

const audioGroupId = 'audio';
/** Part tags leave the playlist this many target durations behind its end (rule 34). */
const partsListedTargetDurations = 3;
/** Audio boundaries lie this near the video's; with it all renditions drop the same part tags at the same time. */
const boundaryToleranceSec = aacFrameSampleCount / audioTimescaleHz;

/** Where any rendition of the program stands: all stand at the same place. */
export function positionOf(program: Program, window: RenditionWindow): PlaylistPosition {
  return {
    nextMsn: program.nextMsn,
    openPartCount: window.open?.parts.length ?? 0,
    partCountOf: (mediaSequenceNumber) => window.segment(mediaSequenceNumber)?.parts.length,
    partsPerSegment: program.timing.partsPerSegment,
    partTargetSec: program.timing.partTargetSec,
  };
}

/** Text of a rendition's media playlist as it is now. */
export function renderMediaPlaylist(
  program: Program,
  renditionId: string,
  window: RenditionWindow,
  isDelta: boolean,
): string {
  return writeMediaPlaylist(mediaPlaylistOf(program, renditionId, window), isDelta);
}

function mediaPlaylistOf(program: Program, renditionId: string, window: RenditionWindow): MediaPlaylist {
  const { timing } = program;
  const serverControl = { holdBackSec: timing.holdBackSec, canSkipUntilSec: timing.canSkipUntilSec };
  const base = {
    targetDurationSec: timing.targetDurationSec,
    mediaSequenceNumber: window.segments[0]?.mediaSequenceNumber ?? program.nextMsn,
    discontinuitySequence: window.discontinuitySequence,
    segments: playlistSegments(program, window),
    isEnded: program.isEnded,
  };
  if (!timing.arePartsListed) return { ...base, serverControl, preloadHints: [], renditionReports: [] };
  const { pendingRunIndex } = program;
  const openPartCount = window.open?.parts.length ?? 0;
  return {
    ...base,
    serverControl: { ...serverControl, partHoldBackSec: timing.partHoldBackSec },
    partTargetSec: timing.partTargetSec,
    // A hint to what will be a gap could not come true (rule 35).
    preloadHints: !program.isCarried(renditionId)
      ? []
      : [
          ...(pendingRunIndex === undefined ? [] : [{ type: 'MAP' as const, uri: fileNames.init(pendingRunIndex) }]),
          { type: 'PART' as const, uri: fileNames.part(program.nextMsn, openPartCount) },
        ],
    renditionReports: program.renditions
      .filter((other) => other.renditionId !== renditionId)
      .map((other) => ({ uri: fileNames.sibling(other.renditionId), ...lastPartOf(program, other.renditionId) })),
  };
}

function playlistSegments(program: Program, window: RenditionWindow): PlaylistSegment[] {
  const { arePartsListed, targetDurationSec } = program.timing;
  const partsHorizonTicks =
    (partsListedTargetDurations * targetDurationSec + boundaryToleranceSec) * window.timescaleHz;
  let behindTicks = window.open?.durationTicks ?? 0;
  const segments: PlaylistSegment[] = [];
  for (const segment of window.segments.toReversed()) {
    const hasParts = arePartsListed && behindTicks < partsHorizonTicks;
    segments.push({
      ...segmentHead(segment),
      parts: hasParts ? playlistParts(segment, window.timescaleHz) : [],
      complete: {
        uri: fileNames.segment(segment.mediaSequenceNumber),
        durationSec: segment.durationTicks / window.timescaleHz,
      },
    });
    behindTicks += segment.durationTicks;
  }
  segments.reverse();
  if (window.open !== undefined && arePartsListed) {
    segments.push({ ...segmentHead(window.open), parts: playlistParts(window.open, window.timescaleHz) });
  }
  return segments;
}

function segmentHead(segment: StoredSegment) {
  const { isDiscontinuity, isGap, programDateTimeMs, runIndex } = segment;
  return { isDiscontinuity, isGap, programDateTimeMs, ...(isGap ? {} : { mapUri: fileNames.init(runIndex) }) };
}

function playlistParts(segment: StoredSegment, timescaleHz: number) {
  return segment.parts.map((part, partIndex) => ({
    uri: fileNames.part(segment.mediaSequenceNumber, partIndex),
    durationSec: part.durationTicks / timescaleHz,
    isIndependent: part.isIndependent,
    isGap: segment.isGap,
  }));
}

function lastPartOf(program: Program, renditionId: string): { lastMsn: number; lastPartIndex: number } {
  const window = program.window(renditionId)!;
  const last = window.open ?? window.segments.at(-1);
  return { lastMsn: last?.mediaSequenceNumber ?? 0, lastPartIndex: (last?.parts.length ?? 1) - 1 };
}

/** Text of the multivariant playlist. A rendition that no run has carried yet stays out: nobody knows its codec. */
export function renderMultivariantPlaylist(program: Program): string {
  const { sessionId } = program;
  const renditions = program.renditions.filter(({ renditionId }) => program.codecString(renditionId) !== undefined);
  const audio = renditions.filter(({ kind }) => kind === 'audio');
  const audioCodecs = [...new Set(audio.flatMap(({ renditionId }) => program.codecString(renditionId) ?? []))];
  const largest = (bits: (rendition: (typeof audio)[number]) => number) => Math.max(0, ...audio.map(bits));
  return writeMultivariantPlaylist({
    audio: audio.map((rendition, index) => ({
      groupId: audioGroupId,
      name: rendition.audio!.name,
      language: rendition.audio!.language,
      channels: rendition.audio!.channels,
      isDefault: index === 0,
      uri: fileNames.mediaPlaylist(sessionId, rendition.renditionId),
    })),
    streams: renditions
      .filter(({ kind }) => kind === 'video')
      .map((rendition) => ({
        uri: fileNames.mediaPlaylist(sessionId, rendition.renditionId),
        peakBitsPerSec: rendition.peakBitsPerSec + largest(({ peakBitsPerSec }) => peakBitsPerSec),
        averageBitsPerSec: rendition.averageBitsPerSec + largest(({ averageBitsPerSec }) => averageBitsPerSec),
        codecs: [program.codecString(rendition.renditionId)!, ...audioCodecs],
        ...rendition.video!,
        ...(audio.length > 0 ? { audioGroupId } : {}),
      })),
  });
}
