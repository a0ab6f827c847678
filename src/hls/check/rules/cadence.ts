/** Rules 11 and 33: whether media keeps coming. Pure: whoever feeds it knows the time. */
import { type Judge } from '../findings.ts';
import { compareEnds, endOf, type ParsedMediaPlaylist, type PlaylistEnd } from '../playlist/media-playlist.ts';

/** What the network and this program itself may add, ms. */
const deliverySlackMs = 150;

/** Follows one playlist along one kind of reload. */
export class Cadence {
  readonly #judge: Judge;
  readonly #isBlocking: boolean;
  #end: PlaylistEnd | undefined;
  #segmentAtMs = 0;
  #partAtMs = 0;

  /** @param isBlocking answers come when something appears; otherwise they come when they are asked for */
  constructor(judge: Judge, isBlocking: boolean) {
    this.#judge = judge;
    this.#isBlocking = isBlocking;
  }

  /** @param receivedAtMs monotonic. @param pollPeriodMs how long what appeared may have gone unnoticed */
  observe(playlist: ParsedMediaPlaylist, receivedAtMs: number, pollPeriodMs = 0): void {
    const end = endOf(playlist);
    const before = this.#end;
    if (before !== undefined && compareEnds(end, before) < 0) return;
    const isSegmentNew = before === undefined || end.lastMsn > before.lastMsn;
    const isPartNew = before === undefined || compareEnds(end, before) > 0;
    const { targetDurationSec, partTargetSec } = playlist;
    if (before !== undefined && !playlist.isEnded) {
      const slackMs = deliverySlackMs + pollPeriodMs;
      if (targetDurationSec !== undefined) this.#checkSegment(receivedAtMs, 1500 * targetDurationSec + slackMs);
      if (isPartNew && this.#isBlocking && partTargetSec !== undefined)
        this.#checkPart(receivedAtMs - this.#partAtMs, 1000 * partTargetSec, end);
    }
    if (isSegmentNew) this.#segmentAtMs = receivedAtMs;
    if (isPartNew) this.#partAtMs = receivedAtMs;
    this.#end = end;
  }

  #checkSegment(nowMs: number, limitMs: number): void {
    const sinceMs = nowMs - this.#segmentAtMs;
    this.#judge.hold(11, sinceMs <= limitMs, () => ({
      expected: 'a new segment within 1.5 target durations of the one before',
      seen: `none for ${(sinceMs / 1000).toFixed(2)} s`,
      mediaSequenceNumber: this.#end!.lastMsn,
    }));
  }

  #checkPart(sinceMs: number, partTargetMs: number, end: PlaylistEnd): void {
    this.#judge.hold(33, sinceMs <= partTargetMs + deliverySlackMs, () => ({
      severity: sinceMs > 1.5 * partTargetMs + deliverySlackMs ? 'E' : 'W',
      expected: 'a new part within one part target of the one before',
      seen: `${sinceMs.toFixed(0)} ms behind it`,
      mediaSequenceNumber: end.lastMsn + 1,
      partIndex: end.openPartCount - 1,
    }));
  }
}
