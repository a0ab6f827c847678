/** What audio and video of one participant have in common: by how much both are played later than capture time plus delay. Pure. */
import { type MixerSource } from '../ports.ts';

type Kind = MixerSource['kind'];

/** A stream that takes part. Told when what is common moves although the stream shall not. */
export interface TimedStream {
  readonly kind: Kind;
  /** The shift grew by this much; the stream's own position stays for now. */
  compensate(shiftMs: number): void;
}

/** Left of the playout delay for jitter and one retransmission behind the slowest stream of the participant. */
const reserveMs = 150;
/** Less than this left and nearly all would be late: followed at once. */
const minHeadroomMs = 60;
/** Below the 0.5 % by which sound is stretched at most. */
const slewMsPerSec = 4;
/** A pause of the caller is no reason to hurry. */
const maxStepMs = 100;

/**
 * The shift is 0 for a participant whose media comes well within the playout delay. Whose path is too long is played
 * later, audio and video alike: out of step with the others, but whole and in lip sync.
 */
export class ParticipantTiming {
  readonly #playoutDelayMs: number;
  /** How long after its capture the fastest packet of each comes. */
  readonly #members = new Map<TimedStream, number>();
  /** Last lag by kind: a camera that comes back is no slower than it was. */
  readonly #lagByKind = new Map<Kind, number>();
  #shiftMs = 0;
  #advancedMs: number | undefined;

  constructor(playoutDelayMs: number) {
    this.#playoutDelayMs = playoutDelayMs;
  }

  get shiftMs(): number {
    return this.#shiftMs;
  }

  lastLagMs(kind: Kind): number | undefined {
    return this.#lagByKind.get(kind);
  }

  /** True for the participant's first sound: ears notice more than eyes, so it goes on as it is, and the others follow. */
  isLeader(stream: TimedStream): boolean {
    return [...this.#members.keys()].find(({ kind }) => kind === 'audio') === stream;
  }

  /** The stream takes part from now on. */
  setLag(stream: TimedStream, lagMs: number): void {
    this.#members.set(stream, lagMs);
    this.#lagByKind.set(stream.kind, lagMs);
  }

  remove(stream: TimedStream): void {
    this.#members.delete(stream);
  }

  /** Moves the shift so that `leader` goes on where it is; the others go on where they are. */
  leadBy(leader: TimedStream, shiftMs: number): void {
    this.#shiftMs += shiftMs;
    for (const stream of this.#members.keys()) if (stream !== leader) stream.compensate(shiftMs);
  }

  /** Lets the shift go where it belongs, slowly. */
  advance(nowMs: number): void {
    const stepMs = Math.min(maxStepMs, Math.max(0, nowMs - (this.#advancedMs ?? nowMs)));
    this.#advancedMs = Math.max(nowMs, this.#advancedMs ?? nowMs);
    const lagMs = Math.max(0, ...this.#members.values());
    const targetMs = Math.max(0, lagMs + reserveMs - this.#playoutDelayMs);
    const headroomMs = this.#playoutDelayMs + this.#shiftMs - lagMs;
    if (headroomMs < minHeadroomMs) this.#shiftMs = targetMs;
    else this.#shiftMs = approach(this.#shiftMs, targetMs, (stepMs * slewMsPerSec) / 1000);
  }
}

/** `value` moved towards `target` by at most `step`. */
export function approach(value: number, target: number, step: number): number {
  return value + Math.max(-step, Math.min(step, target - value));
}
