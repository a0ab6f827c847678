/** A real program for the recorder: FFmpeg makes one-frame CMAF fragments, cut into parts and segments as the packager does. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFragment, parseInitSegment } from '../../../../src/media/fmp4/index.ts';
import {
  type RecordedInit,
  type RecordedPart,
  type RecordedSegment,
  type RecordingStart,
  type RecorderCommand,
} from '../../../../src/recording/index.ts';

export const videoId = 'video-180p';
export const audioId = 'audio-main';
const segmentSec = 2;
const partSec = 1 / 3;

export interface ProgramRunSpec {
  readonly runIndex: number;
  /** Media time of the first picture, on the segment grid. */
  readonly startTimeSec: number;
  readonly durationSec: number;
  readonly frameZeroWallMs: number;
  readonly firstSequence: number;
  /** Another picture size gives another initialization segment. */
  readonly size?: string;
}

export interface ProgramRunMedia {
  readonly inits: readonly RecordedInit[];
  /** Parts and segment closings of both renditions in the order of media time. */
  readonly events: readonly ({ type: 'part'; part: RecordedPart } | { type: 'segment'; segment: RecordedSegment })[];
  readonly frameCount: number;
}

export function startOf(ids: { webinarId: string; sessionId: string }, startedAtMs: number): RecordingStart {
  return {
    ...ids,
    title: 'Quarterly figures',
    startedAtMs,
    renditions: [
      { renditionId: videoId, kind: 'video', peakBitsPerSec: 400_000, width: 320, height: 180, frameRate: 30 },
      { renditionId: audioId, kind: 'audio', peakBitsPerSec: 80_000 },
    ],
  };
}

/** Encodes one run. Pictures count frames (testsrc), sound is a tone: content can be compared before and after. */
export function makeRun(spec: ProgramRunSpec): ProgramRunMedia {
  const folder = mkdtempSync(join(tmpdir(), 'rostrum-program-'));
  try {
    const flags = 'frag_every_frame+empty_moov+default_base_moof+cmaf+frag_discont+skip_trailer';
    const mux = ['-t', `${spec.durationSec}`, '-f', 'mp4', '-movflags', `+${flags}`];
    const offset = ['-output_ts_offset', `${spec.startTimeSec}`];
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=s=${spec.size ?? '320x180'}:r=30`],
      ...['-f', 'lavfi', '-i', `sine=f=${440 + 110 * spec.runIndex}:r=48000`],
      ...[
        '-map',
        '0:v',
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-tune',
        'zerolatency',
        '-threads',
        '1',
        '-g',
        '30',
      ],
      ...['-pix_fmt', 'yuv420p', '-video_track_timescale', '90000', ...mux, ...offset, join(folder, 'video.mp4')],
      ...['-map', '1:a', '-c:a', 'aac', '-b:a', '48k', '-ac', '2', ...mux, ...offset, join(folder, 'audio.mp4')],
    ]);
    const video = cut(spec, videoId, readFileSync(join(folder, 'video.mp4')));
    const audio = cut(spec, audioId, readFileSync(join(folder, 'audio.mp4')));
    const timed = [...video.events, ...audio.events].sort((a, b) => a.endSec - b.endSec);
    return { inits: [video.init, audio.init], events: timed.map(({ event }) => event), frameCount: video.sampleCount };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the server would tell the recorder for one run, in order. */
export function runCommands(sessionId: string, media: ProgramRunMedia): UnnumberedMediaCommand[] {
  return [
    ...media.inits.map((init) => ({ type: 'init' as const, sessionId, init })),
    ...media.events.map((event) => ({ ...event, sessionId })),
  ];
}

export type UnnumberedMediaCommand =
  | { type: 'init'; sessionId: string; init: RecordedInit }
  | { type: 'part'; sessionId: string; part: RecordedPart }
  | { type: 'segment'; sessionId: string; segment: RecordedSegment };

export function numbered<T extends object>(commands: readonly T[], from = 1): (T & { sequence: number })[] {
  return commands.map((command, index) => ({ ...command, sequence: from + index }));
}

export type AnyCommand = RecorderCommand;

function cut(spec: ProgramRunSpec, renditionId: string, file: Uint8Array) {
  const boxes = topBoxes(file);
  const firstMoof = boxes.findIndex((box) => box.type === 'moof');
  const initBytes = file.slice(0, boxes[firstMoof]!.start);
  const init = parseInitSegment(initBytes);
  const { runIndex, startTimeSec, frameZeroWallMs } = spec;
  const events: { endSec: number; event: ProgramRunMedia['events'][number] }[] = [];
  let sampleCount = 0;
  let sequence = spec.firstSequence;
  let partIndex = 0;
  let segmentStartTicks = 0;
  let segmentTicks = 0;
  let part: { bytes: Uint8Array[]; startTicks: number; durationTicks: number } | undefined;
  const wallOf = (ticks: number) => frameZeroWallMs + (ticks / init.timescaleHz - startTimeSec) * 1000;
  const flushPart = () => {
    if (part === undefined) return;
    const { startTicks, durationTicks } = part;
    if (partIndex === 0) segmentStartTicks = startTicks;
    const timing = { startTicks, durationTicks, timescaleHz: init.timescaleHz, programDateTimeMs: wallOf(startTicks) };
    const bytes = new Uint8Array(Buffer.concat(part.bytes));
    const recorded = { renditionId, runIndex, mediaSequenceNumber: sequence, partIndex, bytes, ...timing };
    events.push({ endSec: (startTicks + durationTicks) / init.timescaleHz, event: { type: 'part', part: recorded } });
    segmentTicks += durationTicks;
    partIndex++;
    part = undefined;
  };
  const flushSegment = () => {
    flushPart();
    if (partIndex === 0) return;
    const segment = {
      renditionId,
      runIndex,
      mediaSequenceNumber: sequence,
      partCount: partIndex,
      durationTicks: segmentTicks,
      timescaleHz: init.timescaleHz,
      isDiscontinuity: runIndex > 0 && sequence === spec.firstSequence,
      programDateTimeMs: wallOf(segmentStartTicks),
    };
    const endSec = (segmentStartTicks + segmentTicks) / init.timescaleHz;
    events.push({ endSec, event: { type: 'segment', segment } });
    sequence++;
    partIndex = 0;
    segmentTicks = 0;
  };
  for (let index = firstMoof; index + 1 < boxes.length; index += 2) {
    const bytes = file.slice(boxes[index]!.start, boxes[index + 1]!.end);
    const fragment = parseFragment(bytes, init);
    const ticks = fragment.samples.reduce((sum, sample) => sum + sample.durationTicks, 0);
    const atSec = fragment.startTicks / init.timescaleHz - startTimeSec;
    // FFmpeg's AAC priming lies before the first picture: the packager drops it.
    if (atSec < -0.001) continue;
    const half = init.kind === 'audio' ? 512 / 48_000 : 0.001;
    if (atSec + half >= (sequence - spec.firstSequence + 1) * segmentSec) flushSegment();
    else if (part !== undefined && part.durationTicks / init.timescaleHz >= partSec - half) flushPart();
    part ??= { bytes: [], startTicks: fragment.startTicks, durationTicks: 0 };
    part.bytes.push(bytes);
    part.durationTicks += ticks;
    sampleCount += fragment.samples.length;
  }
  flushSegment();
  return { init: { renditionId, runIndex, bytes: initBytes }, events, sampleCount };
}

/** Top-level boxes; the reader of src/media refuses files with so many. */
function topBoxes(file: Uint8Array): { type: string; start: number; end: number }[] {
  const view = Buffer.from(file.buffer, file.byteOffset, file.length);
  const boxes = [];
  for (let start = 0; start < view.length;) {
    const end = start + view.readUInt32BE(start);
    boxes.push({ type: view.toString('latin1', start + 4, start + 8), start, end });
    start = end;
  }
  return boxes;
}
