/** Makes a part of what a killed recorder had of the open one: the fragments that continue the last durable part. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  beginsWithIdr,
  type Fragment,
  type InitSegment,
  isSyncSample,
  mergeFragments,
  parseFragment,
  parseInitSegment,
} from '../../media/fmp4/index.ts';
import { type RecordedPart } from '../ports.ts';
import { readOpenFragments } from './open-part-file.ts';
import { openPartFileName, runFileName } from './spool-layout.ts';
import { type SpooledSegment, type SpoolState } from './spool-state.ts';

/**
 * The part that follows the last durable one, with as many frames as were written; undefined when there is none, or none
 * that fits. Its bytes are new: no playlist has listed them.
 * @throws file errors as they come, but not for a missing file; FMP4_* when the init segment is damaged
 */
export async function salvageOpenPart(
  folder: string,
  state: SpoolState,
  renditionId: string,
): Promise<RecordedPart | undefined> {
  const run = state.lastRun(renditionId);
  const last = run?.segments.at(-1);
  // Without a durable part nothing tells where in time the run is.
  if (run === undefined || last === undefined || run.isDamaged || last.isDamaged) return undefined;
  const file = await readIfThere(join(folder, openPartFileName(renditionId, run.runIndex)));
  if (file === undefined) return undefined;
  const init = parseInitSegment(
    await readStart(join(folder, runFileName(renditionId, run.runIndex)), run.initSizeBytes),
  );
  const fragments = continuing(readOpenFragments(file), init, last.startTicks + last.durationTicks);
  return fragments.length === 0 ? undefined : partOf(fragments, init, last);
}

/** Parsed fragments from `startTicks` on, without a hole. */
function continuing(units: readonly Uint8Array[], init: InitSegment, startTicks: number): Fragment[] {
  const fragments: Fragment[] = [];
  let expectedTicks = startTicks;
  for (const unit of units) {
    const fragment = parseFragment(unit, init);
    // In a part already; a kill can come between the part and the file's next state.
    if (fragment.startTicks < startTicks) continue;
    if (fragment.startTicks !== expectedTicks) break;
    fragments.push(fragment);
    expectedTicks += fragment.durationTicks;
  }
  return fragments;
}

function partOf(fragments: readonly Fragment[], init: InitSegment, last: SpooledSegment): RecordedPart | undefined {
  const first = fragments[0]!;
  const isOpen = last.sha256 === undefined;
  const [sample] = first.samples;
  const isIndependent =
    init.kind === 'audio' || (isSyncSample(sample!) && beginsWithIdr(sample!.data, init.nalLengthBytes));
  // A segment of its own must be playable by itself.
  if (!isOpen && !isIndependent) return undefined;
  const { trackId, timescaleHz } = init;
  return {
    renditionId: last.renditionId,
    runIndex: last.runIndex,
    mediaSequenceNumber: isOpen ? last.mediaSequenceNumber : last.mediaSequenceNumber + 1,
    partIndex: isOpen ? last.partCount : 0,
    bytes: mergeFragments(fragments, { trackId, sequenceNumber: first.sequenceNumber }),
    startTicks: first.startTicks,
    durationTicks: fragments.reduce((sum, { durationTicks }) => sum + durationTicks, 0),
    timescaleHz,
    programDateTimeMs: Math.round(last.programDateTimeMs + ((first.startTicks - last.startTicks) * 1000) / timescaleHz),
  };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readStart(path: string, sizeBytes: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(sizeBytes), 0, sizeBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
