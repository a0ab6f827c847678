/** Reads a program as the playlists show it. */
import { aacFrameSampleCount, audioTimescaleHz } from '../../media/timebase.ts';
import { type PublishedProgram } from '../published-program.ts';
import { type RenditionSpec } from '../ports.ts';
import { type RenditionWindow, type StoredSegment } from '../packager/rendition-window.ts';
import { type DeltaKind } from '../playlist/delta-update.ts';
import { type MediaPlaylist, type PlaylistDateRange, writeMediaPlaylist } from '../playlist/media-playlist.ts';
import { type RenditionReport } from '../playlist/rendition-report.ts';
import { type PlaylistSegment } from '../playlist/media-segment.ts';
import { type IFrameStreamInf } from '../playlist/stream-inf.ts';
import { writeMultivariantPlaylist } from '../playlist/multivariant-playlist.ts';
import { fileNames } from './routes.ts';
import { type PlaylistPosition } from './blocking-reload.ts';

const audioGroupId = 'audio';
const captionsGroupId = 'captions';
/** Part tags leave the playlist this many target durations behind its end (rule 34). */
const partsListedTargetDurations = 3;
/** Audio boundaries lie this near the video's: sound, too, must not lose its part tags early. */
const boundaryToleranceSec = aacFrameSampleCount / audioTimescaleHz;

/** Where any rendition of the program stands: all stand at the same place. */
export function positionOf(program: PublishedProgram, window: RenditionWindow): PlaylistPosition {
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
  program: PublishedProgram,
  renditionId: string,
  window: RenditionWindow,
  delta: DeltaKind = 'full',
): string {
  return writeMediaPlaylist(mediaPlaylistOf(program, renditionId, window), delta);
}

/** One picture per segment, as a list that is reloaded like all others; nobody hears of the open segment here. */
export function renderIFramePlaylist(
  program: PublishedProgram,
  window: RenditionWindow,
  delta: DeltaKind = 'full',
): string {
  const { timing } = program;
  const { holdBackSec, canSkipUntilSec, partHoldBackSec } = timing;
  const serverControl = { holdBackSec, canSkipUntilSec, ...(timing.arePartsListed && { partHoldBackSec }) };
  const playlist: MediaPlaylist = {
    ...{ targetDurationSec: timing.targetDurationSec, serverControl, areIFramesOnly: true, isEnded: program.isEnded },
    mediaSequenceNumber: window.segments[0]?.mediaSequenceNumber ?? program.nextMsn,
    discontinuitySequence: window.discontinuitySequence,
    segments: window.segments.map((segment) => iFrameSegment(segment, window)),
    ...{ preloadHints: [], renditionReports: [] },
  };
  return writeMediaPlaylist(playlist, delta);
}

function mediaPlaylistOf(program: PublishedProgram, renditionId: string, window: RenditionWindow): MediaPlaylist {
  const { timing } = program;
  const serverControl = { holdBackSec: timing.holdBackSec, canSkipUntilSec: timing.canSkipUntilSec };
  const base = {
    targetDurationSec: timing.targetDurationSec,
    mediaSequenceNumber: window.segments[0]?.mediaSequenceNumber ?? program.nextMsn,
    discontinuitySequence: window.discontinuitySequence,
    segments: program.isCaptions(renditionId) ? captionSegments(window) : playlistSegments(program, window),
    isEnded: program.isEnded,
    dateRanges: playlistDateRanges(program, timing.arePartsListed && !program.isCaptions(renditionId)),
    recentlyRemovedDateRangeIds: program.dateRanges.recentlyRemovedIds,
  };
  if (!timing.arePartsListed) return { ...base, serverControl, preloadHints: [], renditionReports: [] };
  const { pendingRunIndex } = program;
  const openPartCount = window.open?.parts.length ?? 0;
  const lowLatency = {
    ...base,
    // Equal everywhere (rule 26), in captions too, which have no parts.
    serverControl: { ...serverControl, partHoldBackSec: timing.partHoldBackSec },
    renditionReports: renditionReports(program, renditionId),
  };
  if (program.isCaptions(renditionId)) return { ...lowLatency, preloadHints: [] };
  return {
    ...lowLatency,
    partTargetSec: timing.partTargetSec,
    // A hint to what will be a gap could not come true (rule 35).
    preloadHints: !program.isCarried(renditionId)
      ? []
      : [
          ...(pendingRunIndex === undefined ? [] : [{ type: 'MAP' as const, uri: fileNames.init(pendingRunIndex) }]),
          { type: 'PART' as const, uri: fileNames.part(program.nextMsn, openPartCount) },
        ],
  };
}

/** @param hasParts without them everything stands before the segment that was open: nothing of it was listed then */
function playlistDateRanges(program: PublishedProgram, hasParts: boolean): PlaylistDateRange[] {
  const oldFromMs = program.publishedAtMs - 1000 * program.timing.canSkipUntilSec;
  return program.dateRanges.listed.map(({ tag, mediaSequenceNumber, partIndex, addedAtMs }) => ({
    tag,
    mediaSequenceNumber,
    partIndex: hasParts ? partIndex : 0,
    isOld: addedAtMs < oldFromMs,
  }));
}

function renditionReports(program: PublishedProgram, renditionId: string): RenditionReport[] {
  return [...program.renditions, ...program.captions]
    .filter((other) => other.renditionId !== renditionId)
    .map((other) => ({ uri: fileNames.sibling(other.renditionId), ...lastOf(program, other.renditionId) }));
}

function playlistSegments(program: PublishedProgram, window: RenditionWindow): PlaylistSegment[] {
  const { arePartsListed } = program.timing;
  const partsFromMsn = arePartsListed ? firstMsnWithParts(program) : Infinity;
  const segments: PlaylistSegment[] = window.segments.map((segment) =>
    segment.mediaSequenceNumber >= partsFromMsn
      ? { ...wholeSegment(segment, window), parts: playlistParts(segment, window.timescaleHz) }
      : settledSegment(segment, window),
  );
  if (window.open !== undefined && arePartsListed) {
    segments.push({ ...segmentHead(window.open), parts: playlistParts(window.open, window.timescaleHz) });
  }
  return segments;
}

/** Thousands of segments stand in a long playlist, which is written several times a second: each is made once. */
function oncePerSegment(make: (segment: StoredSegment, window: RenditionWindow) => PlaylistSegment): typeof make {
  const made = new WeakMap<StoredSegment, PlaylistSegment>();
  return (segment, window) => {
    const known = made.get(segment) ?? make(segment, window);
    made.set(segment, known);
    return known;
  };
}

/** One whose parts are not listed any more. */
const settledSegment = oncePerSegment((segment, window) => ({ ...wholeSegment(segment, window), parts: [] }));

const iFrameSegment = oncePerSegment((segment, window) => {
  const { complete, ...head } = wholeSegment(segment, window);
  const byteLength = segment.isGap ? {} : { byteLength: segment.keyframeBytes };
  return { ...head, parts: [], complete: { ...complete, ...byteLength } };
});

function wholeSegment(segment: StoredSegment, window: RenditionWindow) {
  const durationSec = segment.durationTicks / window.timescaleHz;
  return { ...segmentHead(segment), complete: { uri: fileNames.segment(segment.mediaSequenceNumber), durationSec } };
}

/** By the pictures' durations for all: sound is cut a little beside them, and all drop the same part tags (rule 37). */
function firstMsnWithParts({ reference, timing }: PublishedProgram): number {
  const horizonTicks =
    (partsListedTargetDurations * timing.targetDurationSec + boundaryToleranceSec) * reference.timescaleHz;
  let behindTicks = reference.open?.durationTicks ?? 0;
  let firstMsn = Infinity;
  for (const { mediaSequenceNumber, durationTicks } of reference.segments.toReversed()) {
    if (behindTicks >= horizonTicks) break;
    firstMsn = mediaSequenceNumber;
    behindTicks += durationTicks;
  }
  return firstMsn;
}

/** Whole segments of text only; they need no map. */
function captionSegments(window: RenditionWindow): PlaylistSegment[] {
  return window.segments.map(({ mediaSequenceNumber, isDiscontinuity, programDateTimeMs, durationTicks }) => ({
    isDiscontinuity,
    programDateTimeMs,
    parts: [],
    complete: { uri: fileNames.captions(mediaSequenceNumber), durationSec: durationTicks / window.timescaleHz },
  }));
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

function lastOf(program: PublishedProgram, renditionId: string): Omit<RenditionReport, 'uri'> {
  const window = program.window(renditionId)!;
  const last = window.open ?? window.segments.at(-1);
  if (program.isCaptions(renditionId)) return { lastMsn: last?.mediaSequenceNumber ?? 0 };
  return { lastMsn: last?.mediaSequenceNumber ?? 0, lastPartIndex: (last?.parts.length ?? 1) - 1 };
}

/**
 * Text of the multivariant playlist. A rendition that no run has carried yet stays out: nobody knows its codec.
 * @param serves.hasIFrames false where the playlist of first pictures is not served
 */
export function renderMultivariantPlaylist(program: PublishedProgram, serves = { hasIFrames: true }): string {
  const { sessionId } = program;
  const renditions = program.renditions.filter(({ renditionId }) => program.codecString(renditionId) !== undefined);
  const audio = renditions.filter(({ kind }) => kind === 'audio');
  const audioCodecs = [...new Set(audio.flatMap(({ renditionId }) => program.codecString(renditionId) ?? []))];
  const largest = (bits: (rendition: (typeof audio)[number]) => number) => Math.max(0, ...audio.map(bits));
  // What was announced holds for what is still to come; what was measured corrects it where it was too low (rule 51).
  const peakOf = ({ renditionId, peakBitsPerSec }: RenditionSpec) =>
    Math.max(peakBitsPerSec, program.window(renditionId)!.peakBitsPerSec);
  const sound = {
    peakBitsPerSec: largest(peakOf),
    averageBitsPerSec: largest(({ averageBitsPerSec }) => averageBitsPerSec),
  };
  const groups = {
    ...(audio.length > 0 ? { audioGroupId } : {}),
    ...(program.captions.length > 0 ? { subtitlesGroupId: captionsGroupId } : {}),
  };
  const withPictures = renditions
    .filter(({ kind }) => kind === 'video')
    .map((rendition) => ({
      uri: fileNames.mediaPlaylist(sessionId, rendition.renditionId),
      peakBitsPerSec: peakOf(rendition) + sound.peakBitsPerSec,
      averageBitsPerSec: rendition.averageBitsPerSec + sound.averageBitsPerSec,
      codecs: [program.codecString(rendition.renditionId)!, ...audioCodecs],
      video: rendition.video!,
      ...groups,
    }));
  // Last: what a player falls back to when not even the smallest picture arrives.
  const soundAlone = audio.slice(0, 1).map(({ renditionId }) => ({
    ...{ uri: fileNames.mediaPlaylist(sessionId, renditionId), ...sound, codecs: audioCodecs, ...groups },
  }));
  return writeMultivariantPlaylist({
    subtitles: program.captions.map(({ renditionId, name, language }) => ({
      groupId: captionsGroupId,
      name,
      language,
      uri: fileNames.mediaPlaylist(sessionId, renditionId),
    })),
    audio: audio.map((rendition, index) => ({
      groupId: audioGroupId,
      name: rendition.audio!.name,
      language: rendition.audio!.language,
      channels: rendition.audio!.channels,
      isDefault: index === 0,
      uri: fileNames.mediaPlaylist(sessionId, rendition.renditionId),
    })),
    streams: [...withPictures, ...soundAlone],
    iFrames: serves.hasIFrames ? iFramesOf(program) : [],
  });
}

/** Of the whole peak: what a first picture may take at most, before any was seen. */
const keyframeShare = 0.5;

function iFramesOf(program: PublishedProgram): IFrameStreamInf[] {
  const { renditionId, peakBitsPerSec, video } = program.iFrameRendition;
  const codec = program.codecString(renditionId);
  if (codec === undefined) return [];
  const { keyframePeakBitsPerSec } = program.window(renditionId)!;
  return [
    {
      uri: fileNames.iFramePlaylist(program.sessionId, renditionId),
      peakBitsPerSec: Math.max(keyframeShare * peakBitsPerSec, keyframePeakBitsPerSec),
      ...{ codec, width: video!.width, height: video!.height },
    },
  ];
}
