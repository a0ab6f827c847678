/** Turns a complete spool into a finished recording: playlists, MP4, manifest, each verified in the store. Repeatable. */
import { open, rm, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { parseInitSegment } from '../../media/fmp4/index.ts';
import { recordingError } from '../errors.ts';
import { hashStream, sha256Of } from '../hashing.ts';
import { probeFile } from '../jobs/probe.ts';
import { remuxToMp4 } from '../jobs/remux.ts';
import {
  contentTypeOf,
  initName,
  manifestName,
  mediaPlaylistName,
  multivariantPlaylistName,
  recordingIndexKey,
  recordingPrefix,
  segmentName,
} from '../object-key.ts';
import { type ObjectStore, type RecorderEvent } from '../ports.ts';
import { runFileName } from '../spool/spool-layout.ts';
import { playableSegments, type SpooledRun, type SpooledSegment, type SpoolState } from '../spool/spool-state.ts';
import { verifyObject } from '../uploads/verified-upload.ts';
import { buildCaptions } from './captions.ts';
import {
  buildInterruptions,
  buildParticipants,
  buildShown,
  buildSpeakers,
  manifestFormatVersion,
  type RecordingManifest,
} from './manifest.ts';
import { buildMarks, dateRangeLines } from './marks.ts';
import { type Mp4Plan, planMp4Files } from './mp4-plan.ts';
import { buildTimeline, type RecordingTimeline } from './timeline.ts';
import { buildMultivariantPlaylist, buildVodPlaylist, measureBitRates, type VodVariant } from './vod-playlist.ts';

/** The file may end this much before or after the media it was made of: one audio or video frame at 20 fps. */
const mp4ToleranceSec = 0.05;

export interface FinishOptions {
  readonly folder: string;
  /** With `end`, every segment closed and uploaded or marked as damaged. */
  readonly state: SpoolState;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly remuxDeadlineMs: number;
  readonly softwareVersion: string;
  readonly signal: AbortSignal;
  /** Runs the work that needs CPU; one recording at a time. */
  readonly runExclusive: <T>(work: () => Promise<T>) => Promise<T>;
  /** Repeats work against the store until it succeeds or the recorder closes. */
  readonly retryStore: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onProgress: (phase: Extract<RecorderEvent, { type: 'progress' }>['phase'], ratio: number) => void;
}

type ManifestObject = RecordingManifest['objects'][number];

/** @throws REC_REMUX_FAILED, REC_PROBE_FAILED, REC_MP4_INCOMPLETE, REC_UPLOAD_MISMATCH, store errors */
export async function finishRecording(options: FinishOptions): Promise<RecordingManifest> {
  const { state, store } = options;
  const start = state.start!;
  const prefix = recordingPrefix(start);
  const timeline = buildTimeline(state);
  const objects: ManifestObject[] = [...state.uploaded].map(([name, { sizeBytes, sha256 }]) =>
    describe(prefix, name, sizeBytes, sha256),
  );
  const putText = async (name: string, text: string) => {
    objects.push(describe(prefix, name, Buffer.byteLength(text), sha256Of(text)));
    await options.retryStore(() => putVerified(store, `${prefix}/${name}`, text));
  };
  const speakers = buildSpeakers(state, timeline);
  const marks = buildMarks(state, timeline);
  const dateRanges = dateRangeLines(speakers, marks);
  const renditions = await describeRenditions(options, timeline, dateRanges);
  for (const { playlist } of renditions) if (playlist !== undefined) await putText(playlist.name, playlist.text);
  const variants = renditions.flatMap(({ variant }) => (variant === undefined ? [] : [variant]));
  const captions =
    variants.length > 0 ? buildCaptions(state, timeline, listedSegments(state, timeline), dateRanges) : [];
  for (const { name, text } of captions.flatMap((one) => one.objects)) await putText(name, text);
  if (variants.length > 0) await putText(multivariantPlaylistName, buildMultivariantPlaylist(variants, captions));

  const mp4Files: RecordingManifest['mp4Files'] = [];
  for (const plan of planMp4Files(state, timeline)) {
    const made = await options.runExclusive(() => makeMp4(options, plan, prefix));
    mp4Files.push({ name: plan.name, startSec: roundSec(plan.originSec - timeline.originSec), ...made.probed });
    objects.push(made.object);
  }
  const first = firstSegment(state, timeline);
  const manifest: RecordingManifest = {
    formatVersion: manifestFormatVersion,
    softwareVersion: options.softwareVersion,
    recordingId: start.sessionId,
    webinarId: start.webinarId,
    title: start.title,
    startedAtMs: start.startedAtMs,
    endedAtMs: state.end!.endedAtMs,
    finishedAtMs: options.clock.wallMs(),
    endCause: state.end!.cause,
    durationSec: timeline.durationSec,
    ...(first === undefined ? {} : { mediaStartedAtMs: first.programDateTimeMs }),
    sizeBytes: objects.reduce((sum, object) => sum + object.sizeBytes, 0),
    renditions: renditions.map(({ summary }) => summary),
    mp4Files,
    objects,
    gaps: timeline.gaps.map((gap) => ({ ...gap, renditionIds: [...gap.renditionIds] })),
    interruptions: buildInterruptions(state, timeline),
    participants: buildParticipants(state, timeline),
    speakers,
    marks,
    shown: buildShown(state, timeline),
    captions: captions.map(({ objects: _, ...summary }) => summary),
  };
  // Last, because its presence means that everything it names is there and was verified.
  await options.retryStore(() => putVerified(store, `${prefix}/${manifestName}`, JSON.stringify(manifest, null, 1)));
  const indexEntry = JSON.stringify(indexEntryOf(manifest));
  await options.retryStore(() => putVerified(store, recordingIndexKey(start.sessionId), indexEntry));
  return manifest;
}

export function indexEntryOf(manifest: RecordingManifest) {
  const { recordingId, webinarId, title, startedAtMs, endedAtMs, durationSec, sizeBytes } = manifest;
  const gapCount = manifest.gaps.length;
  return { recordingId, webinarId, title, startedAtMs, endedAtMs, durationSec, sizeBytes, gapCount };
}

async function putVerified(store: ObjectStore, key: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  await store.put(key, bytes, contentTypeOf(key));
  await verifyObject(store, key, { sizeBytes: bytes.length, sha256: sha256Of(bytes) });
}

function describe(prefix: string, name: string, sizeBytes: number, sha256: string): ManifestObject {
  return { name, key: `${prefix}/${name}`, contentType: contentTypeOf(name), sizeBytes, sha256 };
}

async function describeRenditions(options: FinishOptions, timeline: RecordingTimeline, dateRanges: readonly string[]) {
  const { state } = options;
  const isInAll = listedRuns(state);
  const described = [];
  for (const { spec, runs } of state.renditions.values()) {
    const { renditionId } = spec;
    const segments = state.segmentsOf(renditionId);
    const listed = segments.filter((segment) => isInAll(segment.runIndex));
    const codec = await readCodec(options, renditionId, runs);
    const span = timeline.spans.find((one) => one.renditionId === renditionId);
    const rates = listed.length > 0 ? measureBitRates(listed) : undefined;
    const { kind, width, height, frameRate } = spec;
    const picture = { ...(width && { width }), ...(height && { height }), ...(frameRate && { frameRate }) };
    const uri = mediaPlaylistName(renditionId);
    const isListed = rates !== undefined && codec !== undefined;
    const variant: VodVariant | undefined = isListed ? { uri, kind, codec, ...rates, ...picture } : undefined;
    const names = {
      init: (runIndex: number) => initName(renditionId, runIndex).slice(renditionId.length + 1),
      segment: (sequence: number) => segmentName(renditionId, sequence).slice(renditionId.length + 1),
    };
    described.push({
      variant,
      playlist: isListed
        ? { name: uri, text: buildVodPlaylist(listed, names, timeline.originSec, dateRanges) }
        : undefined,
      summary: {
        renditionId,
        kind,
        ...(codec === undefined ? {} : { codec }),
        ...picture,
        ...(span && { startSec: span.startSec, endSec: span.endSec }),
        segmentCount: segments.length,
        runCount: runs.length,
        tornSegmentCount: segments.filter((segment) => segment.isTorn).length,
        ...rates,
        ...(isListed ? { playlist: uri } : {}),
      },
    });
  }
  return described.sort((a, b) => (b.variant?.peakBitsPerSec ?? 0) - (a.variant?.peakBitsPerSec ?? 0));
}

/** Playlists must have the same discontinuities (§6.2.4): a run that one rendition never got into stays out of all. */
function listedRuns(state: SpoolState): (runIndex: number) => boolean {
  const recorded = [...state.renditions.values()].filter(({ spec }) => state.segmentsOf(spec.renditionId).length > 0);
  return (runIndex) =>
    recorded.every(({ runs }) => runs.some((run) => run.runIndex === runIndex && playableSegments(run).length > 0));
}

/** Segments of the leading track that the playlists list. */
function listedSegments(state: SpoolState, timeline: RecordingTimeline): SpooledSegment[] {
  const primaryId = timeline.primaryVideoId ?? timeline.primaryAudioId;
  const isListed = listedRuns(state);
  const segments = primaryId === undefined ? [] : state.segmentsOf(primaryId);
  return segments.filter(({ runIndex }) => isListed(runIndex));
}

/**
 * Of all runs the one that asks most of a decoder: runs in other sizes differ in nothing but the level, at the end of the
 * text. Undefined when no initialization segment is understood: the rendition is kept, but stays out of the playlists.
 */
async function readCodec(
  options: FinishOptions,
  renditionId: string,
  runs: readonly SpooledRun[],
): Promise<string | undefined> {
  const codecs: string[] = [];
  for (const run of runs.filter(({ isDamaged }) => !isDamaged)) {
    const codec = await readRunCodec(options, renditionId, run);
    if (codec !== undefined) codecs.push(codec);
  }
  return codecs.sort().at(-1);
}

async function readRunCodec(options: FinishOptions, renditionId: string, run: SpooledRun): Promise<string | undefined> {
  const handle = await open(join(options.folder, runFileName(renditionId, run.runIndex)), 'r');
  try {
    const bytes = Buffer.alloc(run.initSizeBytes);
    await handle.read(bytes, 0, run.initSizeBytes, 0);
    return parseInitSegment(bytes).codecString;
  } catch (error) {
    options.logger.warn({ renditionId, runIndex: run.runIndex, error }, 'initialization segment not understood');
    return undefined;
  } finally {
    await handle.close();
  }
}

async function makeMp4(options: FinishOptions, plan: Mp4Plan, prefix: string) {
  const path = join(options.folder, plan.name);
  await rm(path, { force: true });
  try {
    return await makeMp4At(path, options, plan, prefix);
  } finally {
    // Half a file left on a full disk would keep the live recordings from going on.
    await rm(path, { force: true });
  }
}

async function makeMp4At(path: string, options: FinishOptions, plan: Mp4Plan, prefix: string) {
  const { store, folder, signal } = options;
  await remuxToMp4({
    ffmpegPath: options.ffmpegPath,
    folder,
    tracks: plan.tracks,
    outputName: plan.name,
    originSec: plan.originSec,
    durationSec: plan.durationSec,
    deadlineMs: options.remuxDeadlineMs,
    clock: options.clock,
    signal,
    onProgress: (ratio) => options.onProgress('remuxing', ratio),
  });
  const probed = await probeFile(path, { ffprobePath: options.ffprobePath, deadlineMs: 60_000, signal });
  if (
    probed.streams.length !== plan.tracks.length ||
    Math.abs(probed.durationSec - plan.durationSec) > mp4ToleranceSec
  ) {
    const details = { expectedSec: plan.durationSec, foundSec: probed.durationSec, streamCount: probed.streams.length };
    throw recordingError('REC_MP4_INCOMPLETE', { details });
  }
  const { size: sizeBytes } = await stat(path);
  let hashedBytes = 0;
  const { sha256 } = await hashStream(createReadStream(path, { highWaterMark: 1 << 20 }), (byteCount) => {
    hashedBytes += byteCount;
    options.onProgress('hashing', hashedBytes / sizeBytes);
  });
  const key = `${prefix}/${plan.name}`;
  await options.retryStore(async () => {
    await store.putFile(key, path, contentTypeOf(key));
    await verifyObject(store, key, { sizeBytes, sha256 });
  });
  return {
    object: describe(prefix, plan.name, sizeBytes, sha256),
    probed: { durationSec: probed.durationSec, streams: [...probed.streams] },
  };
}

function firstSegment(state: SpoolState, timeline: RecordingTimeline): SpooledSegment | undefined {
  const primaryId = timeline.primaryVideoId ?? timeline.primaryAudioId;
  return primaryId === undefined ? undefined : state.segmentsOf(primaryId)[0];
}

function roundSec(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** The manifest of a recording that an earlier life finished without being heard, if it did. */
export async function isFinished(store: ObjectStore, ids: { webinarId: string; sessionId: string }): Promise<boolean> {
  return (await store.head(`${recordingPrefix(ids)}/${manifestName}`)) !== undefined;
}
