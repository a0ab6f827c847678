/** Maps RTP time of one stream to the local monotonic time of its capture: by Sender Reports, before them by arrival. Pure. */
import { type MixerSource } from '../ports.ts';
import { ArrivalMap } from './arrival-map.ts';
import { approach, ParticipantTiming, type TimedStream } from './participant-timing.ts';
import { ntpOffsetMs, type ReportLine, ReportRegression } from './report-regression.ts';
import { type SenderClock } from './sender-clock.ts';

export interface ClockMapOptions {
  readonly clockRateHz: number;
  /** Default 'video'. */
  readonly kind?: MixerSource['kind'];
  /** Shared by all streams of a participant; one of its own by default. */
  readonly timing?: ParticipantTiming;
}

/** Capture after arrival: what noise of both estimates may show. */
const maxLeadMs = 40;
/** Capture so long before arrival that the reports cannot be meant seriously. */
const maxLagMs = 2000;
/** How fast a difference to the participant's shift is worn off: sound is stretched by 0.5 % at most, eyes do not mind 5 %. */
const slewMsPerSec = { audio: 4, video: 50 } as const;
/** A pause of the stream is no reason to hurry. */
const maxStepMs = 100;
/** When reports turn out to be nonsense, a small difference is worn off, a large one ends at once. */
const maxSlewedMs = 200;

/** How media time maps now. */
interface Base {
  /** The line through the reports; undefined: by arrival. */
  readonly line: ReportLine | undefined;
  /** Local time minus what comes before it: sender's time by reports, media time by arrival. */
  readonly offsetMs: number;
  /** The participant's shift counts. */
  readonly isShifted: boolean;
}

/**
 * Output is continuous: whenever the estimate changes, the difference stays as a remainder that is worn off slowly. So it
 * also never runs backwards.
 */
export class ClockMap implements TimedStream {
  readonly kind: MixerSource['kind'];
  readonly #ticksPerMs: number;
  readonly #timing: ParticipantTiming;
  readonly #arrivals = new ArrivalMap();
  readonly #reports = new ReportRegression();
  #senderClock: SenderClock | undefined;
  #base: Base | undefined;
  #remainderMs = 0;
  #observedMs: number | undefined;

  constructor(options: ClockMapOptions) {
    this.kind = options.kind ?? 'video';
    this.#ticksPerMs = options.clockRateHz / 1000;
    // A stream on its own is never too late for others.
    this.#timing = options.timing ?? new ParticipantTiming(Infinity);
  }

  /** True while capture time is known from Sender Reports. */
  get isReported(): boolean {
    return this.#base?.line !== undefined;
  }

  /** One packet arrived: unwrapped RTP ticks and local monotonic ms. */
  observe(timestamp: number, arrivalMs: number): void {
    const mediaMs = timestamp / this.#ticksPerMs;
    this.#arrivals.observe(mediaMs, arrivalMs);
    this.#wearOff(arrivalMs);
    const next = this.#estimate(mediaMs);
    if (this.#base !== undefined) this.#join(this.#base, next, mediaMs);
    this.#base = next;
    this.#timing.advance(arrivalMs);
  }

  /** One Sender Report: unwrapped RTP ticks, unwrapped NTP ms, and the clock they were taken from. */
  report(timestamp: number, ntpMs: number, senderClock: SenderClock): void {
    if (senderClock !== this.#senderClock) this.#reports.reset();
    this.#senderClock = senderClock;
    this.#reports.add(timestamp / this.#ticksPerMs, ntpMs);
  }

  /** Local monotonic ms of a capture instant, the participant's shift included; undefined before the first packet. */
  toLocalMs(timestamp: number): number | undefined {
    const mediaMs = timestamp / this.#ticksPerMs;
    return this.#base === undefined ? undefined : this.#localMs(this.#base, mediaMs) + this.#remainderMs;
  }

  compensate(shiftMs: number): void {
    this.#remainderMs -= shiftMs;
  }

  /** The stream has ended: the participant's others no longer wait for it. */
  close(): void {
    this.#timing.remove(this);
  }

  #estimate(mediaMs: number): Base {
    const arrivalOffsetMs = this.#arrivals.offsetMs!;
    const { line } = this.#reports;
    const senderOffsetMs = this.#senderClock?.offsetMs;
    if (line !== undefined && senderOffsetMs !== undefined) {
      const lagMs = arrivalOffsetMs - ntpOffsetMs(line, mediaMs) - senderOffsetMs;
      if (lagMs >= -maxLeadMs && lagMs <= maxLagMs) {
        this.#timing.setLag(this, lagMs);
        return { line, offsetMs: senderOffsetMs, isShifted: true };
      }
      this.#reports.reset();
    }
    const lastLagMs = this.#timing.lastLagMs(this.kind);
    if (lastLagMs === undefined) return { line: undefined, offsetMs: arrivalOffsetMs, isShifted: false };
    this.#timing.setLag(this, lastLagMs);
    return { line: undefined, offsetMs: arrivalOffsetMs - lastLagMs, isShifted: true };
  }

  /** Keeps the output where it was. Only arrivals move it by themselves: they follow the fastest packet at once. */
  #join(last: Base, next: Base, mediaMs: number): void {
    if (last.line === next.line && (last.line === undefined || last.offsetMs === next.offsetMs)) return;
    const differenceMs = this.#localMs(last, mediaMs) - this.#localMs(next, mediaMs);
    if (next.line !== undefined && this.#timing.isLeader(this)) {
      this.#timing.leadBy(this, differenceMs);
      return;
    }
    this.#remainderMs += differenceMs;
    if (next.line === undefined && Math.abs(this.#remainderMs) > maxSlewedMs) this.#remainderMs = 0;
  }

  #wearOff(nowMs: number): void {
    const elapsedMs = Math.min(maxStepMs, Math.max(0, nowMs - (this.#observedMs ?? nowMs)));
    this.#observedMs = Math.max(nowMs, this.#observedMs ?? nowMs);
    this.#remainderMs = approach(this.#remainderMs, 0, (elapsedMs * slewMsPerSec[this.kind]) / 1000);
  }

  #localMs(base: Base, mediaMs: number): number {
    const shiftMs = base.isShifted ? this.#timing.shiftMs : 0;
    const senderMs = base.line === undefined ? 0 : ntpOffsetMs(base.line, mediaMs);
    return mediaMs + senderMs + base.offsetMs + shiftMs;
  }
}
