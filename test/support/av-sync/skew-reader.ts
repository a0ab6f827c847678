/** Reads a source bank as the mixer does, frame by frame in real time, and measures its lip sync. */
import { systemClock } from '../../../src/core/clock.ts';
import { type SourceBank } from '../../../src/mixer/source-contract.ts';
import { waitFor } from '../wait-for.ts';
import { BeepFinder, FlashFinder, pairSkews, type Skew } from './sync-judge.ts';

const frameRate = 30;
const samplesPerFrame = 1600;

export interface SkewReading {
  readonly participantId: string;
  /** Events before it do not count. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** @param bank which is read from now on as program time 0. */
export async function readSkews(bank: SourceBank, { participantId, fromMs, untilMs }: SkewReading): Promise<Skew[]> {
  const startMs = systemClock.nowMs();
  bank.startTimeline(startMs);
  const [flashes, beeps] = [new FlashFinder(), new BeepFinder()];
  let tick = 0;
  const readDue = (): boolean => {
    for (; systemClock.nowMs() >= startMs + (tick * 1000) / frameRate; tick++) {
      const atMs = (tick * 1000) / frameRate;
      flashes.push(atMs, brightnessOf(bank, participantId));
      const samples = new Float32Array(2 * samplesPerFrame);
      bank.mixAudioOf(participantId, 'microphone', samples, tick * samplesPerFrame, samplesPerFrame);
      for (let sample = 0; sample < samplesPerFrame; sample++) beeps.push(atMs + sample / 48, samples[2 * sample]!);
    }
    return (tick * 1000) / frameRate > untilMs;
  };
  await waitFor('the end of the reading', readDue, { deadlineMs: untilMs + 20_000, intervalMs: 5 });
  return pairSkews(flashes.foundMs, beeps.foundMs).filter(({ atMs }) => atMs > fromMs);
}

/** Of the middle of the picture. */
function brightnessOf(bank: SourceBank, participantId: string): number {
  const picture = bank.videoOf(participantId)?.latest();
  if (picture === undefined) return 0;
  return picture.data[(picture.height / 2) * picture.width + picture.width / 2]!;
}
