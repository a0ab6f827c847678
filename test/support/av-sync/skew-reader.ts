/** Reads a source bank as the mixer does, frame by frame in real time, and measures its lip sync. */
import { systemClock } from '../../../src/core/clock.ts';
import { type SourceBank } from '../../../src/mixer/source-contract.ts';
import { waitFor } from '../wait-for.ts';
import { BeepFinder, FlashFinder, pairSkews, type Skew } from './sync-judge.ts';

const frameRate = 30;
const samplesPerFrame = 1600;
/** A frame read later than this shows what belongs to the next one. */
const maxReadingDelayMs = 12;
/** A new picture comes out of the decoder every 33 ms; the machine holds it up when there is none for twice that. */
const maxPictureGapMs = 70;
/** Around a flash: before it the picture may be late, after it the frame may be read late. */
const judgedAroundMs = 100;
/** Beyond it the machine is too busy to say anything. */
const deadlineMs = 90_000;

export interface SkewReading {
  readonly participantId: string;
  /** Events before it do not count. */
  readonly fromMs: number;
  /** Events to be read; those beside which the machine held up the reader or the decoder do not count. */
  readonly eventCount: number;
}

/**
 * @param bank which is read from now on as program time 0.
 * @throws Error when the machine is too busy for so many events within a minute and a half
 */
export async function readSkews(bank: SourceBank, reading: SkewReading): Promise<Skew[]> {
  const { participantId, fromMs, eventCount } = reading;
  const startMs = systemClock.nowMs();
  bank.startTimeline(startMs);
  const [flashes, beeps] = [new FlashFinder(), new BeepFinder()];
  /** Program times at which the machine was late. */
  const lateMs: number[] = [];
  let tick = 0;
  const counted = (): Skew[] =>
    pairSkews(flashes.foundMs, beeps.foundMs).filter(
      ({ atMs }) => atMs > fromMs && !lateMs.some((at) => Math.abs(at - atMs) <= judgedAroundMs),
    );
  const readDue = (): boolean => {
    for (; systemClock.nowMs() >= startMs + (tick * 1000) / frameRate; tick++) {
      const atMs = (tick * 1000) / frameRate;
      const video = bank.videoOf(participantId);
      const isLate = systemClock.nowMs() - startMs - atMs > maxReadingDelayMs;
      if (isLate || (video !== undefined && video.sinceLastPictureMs() > maxPictureGapMs)) lateMs.push(atMs);
      flashes.push(atMs, brightnessOf(bank, participantId));
      const samples = new Float32Array(2 * samplesPerFrame);
      bank.mixAudioOf(participantId, 'microphone', samples, tick * samplesPerFrame, samplesPerFrame);
      for (let sample = 0; sample < samplesPerFrame; sample++) beeps.push(atMs + sample / 48, samples[2 * sample]!);
    }
    // What comes after the last flash decides whether it counts.
    const nowMs = (tick * 1000) / frameRate;
    return counted().filter(({ atMs }) => nowMs - atMs > 2 * judgedAroundMs).length >= eventCount;
  };
  const what = `${eventCount} events of flash and beep that the machine did not hold up`;
  await waitFor(what, readDue, { deadlineMs: fromMs + deadlineMs, intervalMs: 5 });
  return counted().slice(0, eventCount);
}

/** Of the middle of the picture. */
function brightnessOf(bank: SourceBank, participantId: string): number {
  const picture = bank.videoOf(participantId)?.latest();
  if (picture === undefined) return 0;
  return picture.data[(picture.height / 2) * picture.width + picture.width / 2]!;
}
