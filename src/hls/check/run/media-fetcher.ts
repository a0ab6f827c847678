/** Downloads everything that one rendition lists, one after the other, and has it checked. Keeps nothing but digests. */
import { BoundedQueue } from '../../../core/bounded-queue.ts';
import { type Movie } from '../../../media/fmp4/index.ts';
import { type CheckAnswer } from '../http/answer.ts';
import { formatOf } from '../media/read-media.ts';
import {
  type ByteRange,
  type ParsedMediaPlaylist,
  type ParsedPart,
  type ParsedSegment,
} from '../playlist/media-playlist.ts';
import { RateMeter } from '../rules/codecs-and-rates.ts';
import { checkListed, checkMediaAnswer } from '../rules/http-answers.ts';
import { mainOf, MediaWatch } from '../rules/media.ts';
import { SubtitleWatch } from '../rules/subtitles.ts';
import { type TimelineWatch } from '../rules/timeline.ts';
import { noted, type RunContext } from './run-context.ts';

interface Job {
  readonly playlistUrl: string;
  readonly segment: ParsedSegment;
  /** A part of the segment; undefined for the whole. */
  readonly part?: ParsedPart;
  readonly partIndex?: number;
}

const maxSegmentBytes = 128 * 1024 * 1024;
const maxInitBytes = 1024 * 1024;
const mediaDeadlineMs = 20_000;
/** What waits beyond this is left out, oldest first, and noted. */
const maxWaitingCount = 4000;
/** Of what a live playlist lists at the start, only the newest is fetched. */
const firstSegmentCount = 3;
const maxInitCount = 64;

export class MediaFetcher {
  readonly rates = new RateMeter();
  readonly #context: RunContext;
  readonly #timeline: TimelineWatch;
  readonly #media: MediaWatch;
  readonly #subtitles: SubtitleWatch;
  readonly #queue = new BoundedQueue<Job>({ maxItems: maxWaitingCount, overflow: 'dropOldest' });
  readonly #inits = new Map<string, Movie | undefined>();
  #nextMsn: number | undefined;
  #nextPart = { msn: -1, partIndex: 0 };
  #working: Promise<void> | undefined;
  #targetDurationSec: number | undefined;
  #rangeEnd = { url: '', bytes: 0 };

  constructor(context: RunContext, timeline: TimelineWatch) {
    this.#context = context;
    this.#timeline = timeline;
    this.#media = new MediaWatch(context.judge);
    this.#subtitles = new SubtitleWatch(context.judge);
  }

  /** Inits that were read. */
  get movies(): readonly Movie[] {
    return [...this.#inits.values()].filter((movie) => movie !== undefined);
  }

  /** Takes newer and newer whole playlists of the rendition. */
  offer(playlist: ParsedMediaPlaylist): void {
    this.#targetDurationSec = playlist.targetDurationSec;
    const isFirst = this.#nextMsn === undefined;
    const skipCount = isFirst && !playlist.isEnded ? Math.max(0, playlist.segments.length - firstSegmentCount) : 0;
    for (const segment of playlist.segments.slice(skipCount)) {
      if (!isFirst) this.#offerParts(playlist.url, segment);
      if (this.#nextMsn !== undefined && segment.mediaSequenceNumber < this.#nextMsn) continue;
      this.#nextMsn = segment.mediaSequenceNumber + 1;
      if (!segment.isGap) this.#push({ playlistUrl: playlist.url, segment });
    }
    if (playlist.open !== undefined) this.#offerParts(playlist.url, playlist.open);
    this.#nextMsn ??= playlist.mediaSequenceNumber + playlist.segments.length;
    this.#startWork();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  #offerParts(playlistUrl: string, segment: ParsedSegment): void {
    const { mediaSequenceNumber: msn } = segment;
    if (msn < this.#nextPart.msn) return;
    const from = msn === this.#nextPart.msn ? this.#nextPart.partIndex : 0;
    for (let partIndex = from; partIndex < segment.parts.length; partIndex++) {
      const part = segment.parts[partIndex]!;
      if (!part.isGap) this.#push({ playlistUrl, segment, part, partIndex });
    }
    this.#nextPart = { msn, partIndex: Math.max(from, segment.parts.length) };
  }

  #push(job: Job): void {
    const droppedBefore = this.#queue.droppedCount;
    this.#queue.push(job);
    if (this.#queue.droppedCount > droppedBefore) this.#context.notes.add('media was not downloaded: too much waited');
  }

  #startWork(): void {
    if (this.#working !== undefined || this.#queue.length === 0 || this.#context.signal.aborted) return;
    const working = this.#work()
      .catch(this.#context.fail)
      .finally(() => {
        if (this.#working === working) this.#working = undefined;
      });
    this.#working = working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#context;
    for (let [job] = this.#queue.take(1); job !== undefined && !signal.aborted; [job] = this.#queue.take(1)) {
      const next = job;
      await noted(this.#context, 'media', () => this.#fetch(next));
    }
  }

  async #fetch({ playlistUrl, segment, part, partIndex }: Job): Promise<void> {
    const { judge, counts } = this.#context;
    const uri = part?.uri ?? segment.uri ?? '';
    if (!URL.canParse(uri, playlistUrl)) return;
    const url = new URL(uri, playlistUrl).href;
    const answer = await this.#download(url, this.#placed(url, part?.byteRange ?? segment.byteRange), maxSegmentBytes);
    const durationSec = part?.durationSec ?? segment.durationSec ?? 0;
    const place = {
      mediaSequenceNumber: segment.mediaSequenceNumber,
      ...(partIndex === undefined ? {} : { partIndex }),
    };
    if (!checkListed(answer, durationSec, judge, place)) return;
    const format = formatOf(answer.body);
    checkMediaAnswer(answer, format, this.#answerContext(), judge);
    counts[part === undefined ? 'segments' : 'parts']++;
    counts.mediaBytes += answer.body.length;
    if (part === undefined) this.rates.add(segment.mediaSequenceNumber, answer.body.length, durationSec);
    if (format === 'webvtt') this.#subtitles.segment(segment, url, answer.body, this.#timeline.mediaSec(segment));
    if (format !== 'fmp4') return;
    judge.hold(18, segment.mapUri !== undefined, () => ({
      expected: 'EXT-X-MAP for every fMP4 segment',
      seen: 'none in force',
      url,
      ...place,
    }));
    const movie = await this.#init(playlistUrl, segment);
    // Segments encrypted as a whole cannot be read; samples encrypted inside fMP4 can, but for their content.
    if (
      movie === undefined ||
      (segment.isEncrypted && !movie.tracks.some(({ sampleEntry }) => sampleEntry.startsWith('enc')))
    )
      return;
    const downloaded = { url, segment, bytes: answer.body, movie };
    if (part !== undefined) {
      this.#media.part(downloaded, part, partIndex!);
      return;
    }
    const media = this.#media.segment(downloaded);
    const main = media && mainOf(media);
    if (main?.startTicks !== undefined)
      this.#timeline.observe(segment, playlistUrl, main.startTicks / main.track.timescaleHz);
  }

  /** Media without a start follows the range before it, inits do not count (§4.4.4.2). */
  #placed(url: string, range: ByteRange | undefined): ByteRange | undefined {
    if (range === undefined) return undefined;
    const startBytes = range.startBytes ?? (this.#rangeEnd.url === url ? this.#rangeEnd.bytes : 0);
    this.#rangeEnd = { url, bytes: startBytes + range.lengthBytes };
    return { ...range, startBytes };
  }

  /** Rule 76: where ranges are listed, they are answered. */
  async #download(url: string, range: ByteRange | undefined, maxBytes: number): Promise<CheckAnswer> {
    const { client, judge } = this.#context;
    const limits = { deadlineMs: mediaDeadlineMs, maxBytes };
    if (range === undefined) return client.ask(url, limits);
    const from = range.startBytes ?? 0;
    const answer = await client.ask(url, {
      ...limits,
      headers: { range: `bytes=${from}-${from + range.lengthBytes - 1}` },
    });
    judge.hold(76, answer.status === 206 && answer.body.length === range.lengthBytes, () => ({
      expected: '206 with the bytes of the range',
      seen: `status ${answer.status}, ${answer.body.length} of ${range.lengthBytes} bytes`,
      url,
    }));
    return answer;
  }

  async #init(
    playlistUrl: string,
    { mapUri, mapByteRange, mediaSequenceNumber }: ParsedSegment,
  ): Promise<Movie | undefined> {
    if (mapUri === undefined || !URL.canParse(mapUri, playlistUrl)) return undefined;
    const url = new URL(mapUri, playlistUrl).href;
    const key = `${url} ${mapByteRange?.startBytes ?? ''}`;
    if (this.#inits.has(key)) return this.#inits.get(key);
    const answer = await this.#download(url, mapByteRange, maxInitBytes);
    const isThere = answer.status === 200 || answer.status === 206;
    this.#context.judge.hold(18, isThere, () => ({
      expected: 'the init that EXT-X-MAP names',
      seen: `status ${answer.status}`,
      url,
      mediaSequenceNumber,
    }));
    if (isThere) checkMediaAnswer(answer, 'fmp4', this.#answerContext(), this.#context.judge);
    const movie = isThere ? this.#media.init(url, answer.body) : undefined;
    this.#inits.set(key, movie);
    if (this.#inits.size > maxInitCount) this.#inits.delete(this.#inits.keys().next().value!);
    return movie;
  }

  #answerContext() {
    return { strict: this.#context.strict(), targetDurationSec: this.#targetDurationSec };
  }
}
