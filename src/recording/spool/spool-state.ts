/** State of one spooled recording, folded from journal records. The same fold serves replay and live. No I/O. */
import { initName, segmentName } from '../object-key.ts';
import { type RecordedEvent, type RecordingStart } from '../ports.ts';
import { type JournaledPart, type JournalRecord } from './journal-records.ts';

export interface SpooledSegment {
  readonly renditionId: string;
  readonly runIndex: number;
  readonly mediaSequenceNumber: number;
  /** Where its bytes begin in the run's file. */
  readonly offsetBytes: number;
  readonly startTicks: number;
  readonly timescaleHz: number;
  readonly programDateTimeMs: number;
  sizeBytes: number;
  durationTicks: number;
  partCount: number;
  /** Set when the segment is closed. */
  sha256: string | undefined;
  isDiscontinuity: boolean;
  isTorn: boolean;
  /** Its bytes are lost: it takes no parts, is not uploaded and stays out of everything made of the recording. */
  isDamaged: boolean;
}

export interface SpooledRun {
  readonly runIndex: number;
  readonly initSizeBytes: number;
  readonly initSha256: string;
  /** Journaled length of the run's file: initialization segment and every part. */
  sizeBytes: number;
  readonly segments: SpooledSegment[];
  /** The initialization segment is lost, so nothing of the run can be played. */
  isDamaged: boolean;
}

export interface SpooledRendition {
  readonly spec: RecordingStart['renditions'][number];
  readonly runs: SpooledRun[];
}

export interface Loss {
  readonly atMs: number;
  readonly cause: string;
  readonly partCount: number;
}

export class SpoolState {
  start: RecordingStart | undefined;
  readonly renditions = new Map<string, SpooledRendition>();
  readonly events: RecordedEvent[] = [];
  readonly losses: Loss[] = [];
  readonly restartedAtMs: number[] = [];
  /** By object name relative to the recording. */
  readonly uploaded = new Map<string, { readonly sizeBytes: number; readonly sha256: string }>();
  end: { readonly endedAtMs: number; readonly cause: 'ended' | 'recovered' } | undefined;
  finished: { readonly durationMs: number; readonly sizeBytes: number } | undefined;
  readonly #knownEvents = new Set<string>();

  /** Every record must fit what went before; false tells that it does not (a damaged journal). */
  apply(record: JournalRecord): boolean {
    if (record.type === 'begin') return this.#begin(record.start);
    if (this.start === undefined) return false;
    switch (record.type) {
      case 'init':
        return this.#addRun(record);
      case 'part':
        return this.#addPart(record);
      case 'segment':
        return this.#closeSegment(record);
      case 'uploaded':
        this.uploaded.set(record.name, { sizeBytes: record.sizeBytes, sha256: record.sha256 });
        return true;
      case 'event':
        this.events.push(record.event);
        this.#knownEvents.add(JSON.stringify(record.event));
        return true;
      case 'loss':
        this.losses.push({ atMs: record.atMs, cause: record.cause, partCount: record.partCount });
        if (record.name !== undefined) this.#markDamaged(record.name);
        return true;
      case 'recorderRestarted':
        this.restartedAtMs.push(record.atMs);
        return true;
      case 'end':
        this.end ??= { endedAtMs: record.endedAtMs, cause: record.cause };
        return true;
      case 'finished':
        this.finished = { durationMs: record.durationMs, sizeBytes: record.sizeBytes };
        return true;
    }
  }

  lastRun(renditionId: string): SpooledRun | undefined {
    return this.renditions.get(renditionId)?.runs.at(-1);
  }

  lastSegment(renditionId: string): SpooledSegment | undefined {
    const runs = this.renditions.get(renditionId)?.runs ?? [];
    return runs.findLast((run) => run.segments.length > 0)?.segments.at(-1);
  }

  /** The segment that still takes parts. */
  openSegment(renditionId: string): SpooledSegment | undefined {
    const last = this.lastRun(renditionId)?.segments.at(-1);
    return last?.sha256 === undefined && last?.isDamaged === false ? last : undefined;
  }

  /** Every closed segment of a rendition that can be played, in media order. */
  segmentsOf(renditionId: string): SpooledSegment[] {
    return (this.renditions.get(renditionId)?.runs ?? []).flatMap(playableSegments);
  }

  /** An event that was sent again after a restart is recognised by its content. */
  knowsEvent(event: RecordedEvent): boolean {
    return this.#knownEvents.has(JSON.stringify(event));
  }

  #begin(start: RecordingStart): boolean {
    if (this.start !== undefined) return false;
    this.start = start;
    for (const spec of start.renditions) this.renditions.set(spec.renditionId, { spec, runs: [] });
    return true;
  }

  #addRun(record: Extract<JournalRecord, { type: 'init' }>): boolean {
    const rendition = this.renditions.get(record.renditionId);
    if (rendition === undefined || this.openSegment(record.renditionId) !== undefined) return false;
    if (record.runIndex <= (rendition.runs.at(-1)?.runIndex ?? -1)) return false;
    rendition.runs.push({
      runIndex: record.runIndex,
      initSizeBytes: record.sizeBytes,
      initSha256: record.sha256,
      sizeBytes: record.sizeBytes,
      segments: [],
      isDamaged: false,
    });
    return true;
  }

  #addPart(part: JournaledPart): boolean {
    const run = this.lastRun(part.renditionId);
    if (run?.runIndex !== part.runIndex || part.offsetBytes !== run.sizeBytes) return false;
    const open = this.openSegment(part.renditionId);
    if (open === undefined) {
      if (part.partIndex !== 0) return false;
      run.segments.push(firstPartAsSegment(part));
    } else {
      if (open.mediaSequenceNumber !== part.mediaSequenceNumber || open.partCount !== part.partIndex) return false;
      open.sizeBytes += part.sizeBytes;
      open.durationTicks += part.durationTicks;
      open.partCount++;
    }
    run.sizeBytes += part.sizeBytes;
    return true;
  }

  #closeSegment(record: Extract<JournalRecord, { type: 'segment' }>): boolean {
    const open = this.openSegment(record.renditionId);
    if (open?.mediaSequenceNumber !== record.mediaSequenceNumber) return false;
    open.sha256 = record.sha256;
    open.isDiscontinuity = record.isDiscontinuity;
    open.isTorn = record.isTorn;
    return true;
  }

  #markDamaged(name: string): void {
    for (const [renditionId, { runs }] of this.renditions) {
      for (const run of runs) {
        if (initName(renditionId, run.runIndex) === name) run.isDamaged = true;
        for (const segment of run.segments) {
          if (segmentName(renditionId, segment.mediaSequenceNumber) === name) segment.isDamaged = true;
        }
      }
    }
  }
}

/** Closed segments of a run whose bytes are there. */
export function playableSegments(run: SpooledRun): SpooledSegment[] {
  if (run.isDamaged) return [];
  return run.segments.filter((segment) => segment.sha256 !== undefined && !segment.isDamaged);
}

/** Wall time at which the last recorded medium ends, or the recording began. */
export function lastMediaAtMs(state: SpoolState): number {
  const ends = [...state.renditions.keys()].map((renditionId) => {
    const last = state.lastSegment(renditionId);
    return last === undefined ? 0 : last.programDateTimeMs + (last.durationTicks / last.timescaleHz) * 1000;
  });
  return Math.max(state.start?.startedAtMs ?? 0, ...ends);
}

function firstPartAsSegment(part: JournaledPart): SpooledSegment {
  return {
    renditionId: part.renditionId,
    runIndex: part.runIndex,
    mediaSequenceNumber: part.mediaSequenceNumber,
    offsetBytes: part.offsetBytes,
    startTicks: part.startTicks,
    timescaleHz: part.timescaleHz,
    programDateTimeMs: part.programDateTimeMs,
    sizeBytes: part.sizeBytes,
    durationTicks: part.durationTicks,
    partCount: 1,
    sha256: undefined,
    isDiscontinuity: false,
    isTorn: false,
    isDamaged: false,
  };
}
