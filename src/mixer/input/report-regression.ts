/** Which instant of the sender's clock a media time is, by a straight line through its Sender Reports. Pure. */

interface ReportPoint {
  readonly mediaMs: number;
  /** NTP minus media time. */
  readonly offsetMs: number;
}

/** NTP minus media time is `offsetMs` at `mediaMs` and grows by `drift` ms per ms. */
export interface ReportLine {
  readonly mediaMs: number;
  readonly offsetMs: number;
  readonly drift: number;
  /** Root mean square of what it leaves, not below the floor. */
  readonly sigmaMs: number;
}

const reportsToBeReady = 4;
const maxPoints = 20;
const rejectsToRebuild = 5;
const rejectSigmas = 3;
const sigmaFloorMs = 0.1;
/** Two reports that miss the line by the same amount: the sender renumbered its time (a change of simulcast layer). */
const rejectsToShift = 2;
const minShiftMs = 2;
/** The line is bent by a change of offset in its middle when its last points fit together this much better. */
const bentRatio = 3;
const bentSigmaMs = 2;
/** No crystal is worse; a line that says so is made of noise. */
const maxDrift = 0.001;
/** Noise of 1 ms over a usual drift of 300 ppm, squared (ms^2): few points say little about drift and are not believed much. */
const driftPrior = (1 / 0.0003) ** 2;

export class ReportRegression {
  #points: ReportPoint[] = [];
  #rejects: ReportPoint[] = [];
  #line: ReportLine | undefined;

  /** Through the last reports, another object after every change; undefined before there are enough. */
  get line(): ReportLine | undefined {
    return this.#points.length >= reportsToBeReady ? this.#line : undefined;
  }

  /** One report: media time in ms and unwrapped NTP ms of the same instant. */
  add(mediaMs: number, ntpMs: number): void {
    const point = { mediaMs, offsetMs: ntpMs - mediaMs };
    if ([this.#points.at(-1), this.#rejects.at(-1)].some((known) => known?.mediaMs === mediaMs)) return;
    const { line } = this;
    if (line !== undefined && isOutlier(line, point)) this.#reject(point, line);
    else this.#accept(point);
  }

  reset(): void {
    this.#points = [];
    this.#rejects = [];
    this.#line = undefined;
  }

  #accept(point: ReportPoint): void {
    this.#rejects = [];
    this.#points.push(point);
    if (this.#points.length > maxPoints) this.#points.shift();
    const line = fit(this.#points);
    const recent = this.#points.slice(-reportsToBeReady);
    const isBent = line.sigmaMs > bentSigmaMs && fit(recent).sigmaMs * bentRatio < line.sigmaMs;
    if (isBent) this.#points = recent;
    this.#line = isBent ? fit(recent) : line;
  }

  #reject(point: ReportPoint, line: ReportLine): void {
    this.#rejects.push(point);
    const shiftMs = this.#shiftMs(line);
    if (shiftMs !== undefined) {
      this.#points = this.#points.map(({ mediaMs, offsetMs }) => ({ mediaMs, offsetMs: offsetMs + shiftMs }));
      this.#accept(point);
    } else if (this.#rejects.length >= rejectsToRebuild) {
      this.#points = this.#rejects.splice(0);
      this.#line = fit(this.#points);
    }
  }

  /** By how much the last rejected reports agree to be off. */
  #shiftMs(line: ReportLine): number | undefined {
    const missesMs = this.#rejects.slice(-rejectsToShift).map((point) => missMs(line, point));
    if (missesMs.length < rejectsToShift) return undefined;
    const spreadMs = Math.max(...missesMs) - Math.min(...missesMs);
    const meanMs = mean(missesMs);
    const isSame = spreadMs <= Math.max(minShiftMs, rejectSigmas * line.sigmaMs);
    return isSame && Math.abs(meanMs) > 2 * spreadMs ? meanMs : undefined;
  }
}

/** NTP minus media time at `mediaMs`. */
export function ntpOffsetMs(line: ReportLine, mediaMs: number): number {
  return line.offsetMs + line.drift * (mediaMs - line.mediaMs);
}

function missMs(line: ReportLine, point: ReportPoint): number {
  return point.offsetMs - ntpOffsetMs(line, point.mediaMs);
}

function isOutlier(line: ReportLine, point: ReportPoint): boolean {
  return Math.abs(missMs(line, point)) > rejectSigmas * line.sigmaMs;
}

/** Least squares, drawn towards no drift while the points are few or close together. At least one point. */
function fit(points: readonly ReportPoint[]): ReportLine {
  // Relative to the first: NTP has 42 bits of ms, and their squares would eat the fraction.
  const origin = points[0]!;
  const mediaMs = mean(points.map((point) => point.mediaMs - origin.mediaMs)) + origin.mediaMs;
  const offsetMs = mean(points.map((point) => point.offsetMs - origin.offsetMs)) + origin.offsetMs;
  let covariance = 0;
  let variance = 0;
  for (const point of points) {
    covariance += (point.mediaMs - mediaMs) * (point.offsetMs - offsetMs);
    variance += (point.mediaMs - mediaMs) ** 2;
  }
  const drift = Math.max(-maxDrift, Math.min(maxDrift, covariance / (variance + driftPrior)));
  const line = { mediaMs, offsetMs, drift, sigmaMs: 0 };
  const sigmaMs = Math.sqrt(mean(points.map((point) => missMs(line, point) ** 2)));
  return { ...line, sigmaMs: Math.max(sigmaFloorMs, sigmaMs) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
