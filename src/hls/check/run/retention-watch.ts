/** Rules 13, 34 and 68: what has left the playlist can still be fetched for a while. */
import { type ParsedMediaPlaylist, type ParsedSegment, sumSec } from '../playlist/media-playlist.ts';
import { noted, type RunContext } from './run-context.ts';

/** Asked before the time is over by this share of it: the answer must not race the deadline. */
const earlyRatio = 0.9;
const maxPendingCount = 32;

interface Pending {
  readonly rule: 13 | 34;
  readonly url: string;
  readonly mediaSequenceNumber: number;
  readonly dueAtMs: number;
  readonly untilMs: number;
}

export class RetentionWatch {
  readonly #context: RunContext;
  readonly #firstSeenAtMs = new Map<number, number>();
  #before: ParsedMediaPlaylist | undefined;
  #longestSec = 0;
  #pending: Pending[] = [];
  #isWorking = false;

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** Takes newer and newer whole playlists; call `tick` every now and then. */
  observe(playlist: ParsedMediaPlaylist, receivedAtMs: number): void {
    this.#longestSec = Math.max(this.#longestSec, sumSec(playlist.segments));
    let behindSec = playlist.open === undefined ? 0 : sumSec(playlist.open.parts);
    for (const { mediaSequenceNumber, durationSec = 0 } of playlist.segments.toReversed()) {
      // Listed before the check began: it appeared when what is behind it had not been there yet.
      const seenAtMs = this.#before === undefined ? receivedAtMs - 1000 * behindSec : receivedAtMs;
      if (!this.#firstSeenAtMs.has(mediaSequenceNumber)) this.#firstSeenAtMs.set(mediaSequenceNumber, seenAtMs);
      behindSec += durationSec;
    }
    const before = this.#before;
    this.#before = playlist;
    if (before === undefined || playlist.isEnded) return;
    const nowByMsn = new Map(playlist.segments.map((segment) => [segment.mediaSequenceNumber, segment]));
    for (const segment of before.segments) {
      const now = nowByMsn.get(segment.mediaSequenceNumber);
      if (now === undefined) this.#addRemoved(segment, before.url, receivedAtMs);
      if ((now === undefined || now.parts.length === 0) && segment.parts.length > 0)
        this.#addDropped(segment, playlist, receivedAtMs);
    }
  }

  /** Asks for what is due. Never rejects but for a fault of this program. */
  async tick(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      const nowMs = this.#context.clock.nowMs();
      const due = this.#pending.filter(({ dueAtMs }) => dueAtMs <= nowMs);
      this.#pending = this.#pending.filter(({ dueAtMs }) => dueAtMs > nowMs);
      for (const one of due) if (!this.#context.signal.aborted) await this.#ask(one);
    } finally {
      this.#isWorking = false;
    }
  }

  /** Rule 68: the playlist is gone; its newest media must not be. */
  async streamRemoved(): Promise<void> {
    const last = this.#before?.segments.findLast(({ isGap }) => !isGap);
    if (last?.uri === undefined || this.#before === undefined) return;
    const url = new URL(last.uri, this.#before.url).href;
    const { client, judge } = this.#context;
    const answer = await client.ask(url);
    judge.hold(68, answer.status === 200, () => ({
      expected: 'media that stays for one playlist duration when its playlist is removed',
      seen: `status ${answer.status}`,
      url,
      mediaSequenceNumber: last.mediaSequenceNumber,
    }));
  }

  #addRemoved(
    { uri, isGap, mediaSequenceNumber, durationSec = 0 }: ParsedSegment,
    playlistUrl: string,
    nowMs: number,
  ): void {
    const firstSeenAtMs = this.#firstSeenAtMs.get(mediaSequenceNumber);
    this.#firstSeenAtMs.delete(mediaSequenceNumber);
    if (firstSeenAtMs === undefined || uri === undefined || isGap || !URL.canParse(uri, playlistUrl)) return;
    const untilMs = firstSeenAtMs + 1000 * (durationSec + this.#longestSec);
    this.#add({ rule: 13, url: new URL(uri, playlistUrl).href, mediaSequenceNumber, dueAtMs: nowMs, untilMs });
  }

  /** The part that was listed last has been there for the shortest time. */
  #addDropped({ parts, mediaSequenceNumber }: ParsedSegment, playlist: ParsedMediaPlaylist, nowMs: number): void {
    const part = parts.findLast(({ isGap, byteRange }) => !isGap && byteRange === undefined);
    const { targetDurationSec, url } = playlist;
    if (part === undefined || targetDurationSec === undefined || !URL.canParse(part.uri, url)) return;
    const keepMs = 3000 * targetDurationSec;
    const place = { url: new URL(part.uri, url).href, mediaSequenceNumber };
    this.#add({ rule: 34, ...place, dueAtMs: nowMs + earlyRatio * keepMs, untilMs: nowMs + keepMs });
  }

  #add(pending: Pending): void {
    if (this.#pending.length < maxPendingCount) this.#pending.push(pending);
  }

  async #ask({ rule, url, mediaSequenceNumber, untilMs }: Pending): Promise<void> {
    const { client, judge, clock } = this.#context;
    await noted(this.#context, 'removed media', async () => {
      if (clock.nowMs() > untilMs) return;
      const answer = await client.ask(url, { maxBytes: 128 * 1024 * 1024 });
      // An answer that was not under way in time proves nothing.
      if (answer.askedAtMs > untilMs) return;
      judge.hold(rule, answer.status === 200, () => ({
        severity: 'E',
        expected:
          rule === 13
            ? 'a removed segment that can still be fetched'
            : 'a part that can be fetched for three target durations without its tag',
        seen: `status ${answer.status}`,
        url,
        mediaSequenceNumber,
      }));
    });
  }
}
