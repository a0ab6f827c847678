/** The clock that Sender Reports are written in, mapped to local monotonic time. Pure. */
import { SlidingMinimumDelay } from './sliding-minimum-delay.ts';

/** Long enough to hold a report that nothing delayed; a clock that runs 100 ppm wrong moves 3 ms in it. */
const windowMs = 30_000;
/** Reports that all come this much later than the map says: the clock was set back. */
const stepMs = 250;
const stepReportCount = 5;
/** NTP seconds have 32 bits and wrap in 2036 (RFC 5905 section 6). */
const ntpRangeMs = 2 ** 32 * 1000;

/**
 * A mediasoup worker stamps all its reports with one clock, whose origin is the wall time at which the worker started: of two
 * workers they differ. Reports are sent the moment they are stamped, so the one that travelled fastest tells the
 * offset; wall time is never compared.
 */
export class SenderClock {
  readonly #delays = new SlidingMinimumDelay(windowMs);
  #lastNtpMs: number | undefined;
  #lateReportCount = 0;

  /** What to add to (unwrapped) NTP time; undefined before the first report. */
  get offsetMs(): number | undefined {
    return this.#delays.minimum;
  }

  /** One report arrived. @returns its NTP time, unwrapped. */
  observe(wrappedNtpMs: number, arrivalMs: number): number {
    const ntpMs = this.#unwrap(wrappedNtpMs);
    const delayMs = arrivalMs - ntpMs;
    const isLate = delayMs - (this.offsetMs ?? delayMs) > stepMs;
    this.#lateReportCount = isLate ? this.#lateReportCount + 1 : 0;
    if (this.#lateReportCount >= stepReportCount) this.#delays.clear();
    this.#delays.push(delayMs, arrivalMs);
    return ntpMs;
  }

  #unwrap(ntpMs: number): number {
    const last = this.#lastNtpMs ?? ntpMs;
    const wide = ntpMs + Math.round((last - ntpMs) / ntpRangeMs) * ntpRangeMs;
    this.#lastNtpMs = wide;
    return wide;
  }
}

/** More transports than ever send to one mixer. */
const maxClocks = 16;

/** Clocks by where their reports come from: one transport lives on one worker. Overflow: the longest unheard one is dropped. */
export class SenderClocks {
  readonly #clocks = new Map<string, SenderClock>();

  /** @param origin address and port of the sender. */
  of(origin: string): SenderClock {
    const clock = this.#clocks.get(origin) ?? new SenderClock();
    this.#clocks.delete(origin);
    this.#clocks.set(origin, clock);
    for (const oldest of this.#clocks.keys()) {
      if (this.#clocks.size <= maxClocks) break;
      this.#clocks.delete(oldest);
    }
    return clock;
  }
}
