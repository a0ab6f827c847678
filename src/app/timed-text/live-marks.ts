/** What happens in a running event as date ranges of the program: who speaks, slides, questions, polls. */
import { type Clock } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { type Program } from '../../hls/index.ts';
import { type RecordedEvent } from '../../recording/index.ts';
import { type Mark } from '../../signaling/protocol/index.ts';
import { appError } from '../errors.ts';
import { isNearNow, maxAheadMs, maxBehindMs, toProgramMs } from './program-time.ts';

const defaultShownMs = 20_000;
/** Of one event; one every 7 s for ten hours. */
const maxMarkCount = 5000;

export type MarkEvent = Extract<RecordedEvent, { type: 'mark' }>;

export interface LiveMarksOptions {
  readonly program: Pick<Program, 'addDateRange'>;
  /** Capture plus this is program time. */
  readonly playoutDelayMs: number;
  readonly nameOf: (participantId: string) => string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onMark: (event: MarkEvent) => void;
}

export interface MarkAdded {
  readonly markId: string;
  /** Program time. */
  readonly startAtMs: number;
  /** Null: until the next of its type. */
  readonly endAtMs: number | null;
}

export class LiveMarks {
  readonly #options: LiveMarksOptions;
  #markCount = 0;
  #speakerCount = 0;
  #speakerName: string | undefined;

  constructor(options: LiveMarksOptions) {
    this.#options = options;
  }

  /** @throws MARK_TIME_INVALID, MARKS_TOO_MANY, HLS_DATE_RANGES_FULL, CORE_CLOSED */
  add(mark: Mark): MarkAdded {
    if (this.#markCount >= maxMarkCount) throw appError('MARKS_TOO_MANY', { details: { maxMarkCount } });
    const { program, onMark } = this.#options;
    const startMs = this.#startOf(mark);
    const endMs = mark.type === 'slide' ? undefined : startMs + (mark.durationMs ?? defaultShownMs);
    const markId = `${mark.type}-${this.#markCount}`;
    const attributes = attributesOf(mark);
    program.addDateRange({ id: markId, kind: mark.type, startMs, endMs, attributes });
    this.#markCount++;
    const endAtMs = endMs ?? null;
    onMark({ type: 'mark', atMs: startMs, endAtMs, markId, kind: mark.type, attributes });
    return { markId, startAtMs: startMs, endAtMs };
  }

  /**
   * Who is heard from a program time on; null for nobody. Never throws: it comes with what viewers see, which must go on.
   * The recording hears of it elsewhere.
   */
  speakerChanged(participantId: string | null, atMs: number): void {
    const { program, nameOf, logger } = this.#options;
    const name = participantId === null ? undefined : nameOf(participantId);
    if (name === this.#speakerName) return;
    try {
      const attributes = { ...(name && { NAME: name }) };
      const range = { id: `speaker-${this.#speakerCount}`, kind: 'speaker', startMs: atMs, endMs: undefined };
      program.addDateRange({ ...range, attributes });
      this.#speakerCount++;
      this.#speakerName = name;
    } catch (thrown) {
      logger.warn({ code: toRostrumError(thrown).code, error: thrown }, 'speaker not told to viewers');
    }
  }

  #startOf({ startAtMs = 'now', clock = 'program' }: Mark): number {
    const nowMs = this.#options.clock.wallMs();
    const startMs = toProgramMs(startAtMs, clock, { nowMs, playoutDelayMs: this.#options.playoutDelayMs });
    if (!isNearNow({ startMs, endMs: startMs }, nowMs))
      throw appError('MARK_TIME_INVALID', { details: { startAtMs: startMs, nowMs, maxBehindMs, maxAheadMs } });
    return startMs;
  }
}

/** By their names in the playlists: `X-ORG-ROSTRUM-TITLE`. */
function attributesOf(mark: Mark): Record<string, string> {
  switch (mark.type) {
    case 'slide':
      return { TITLE: mark.title, ...(mark.number && { NUMBER: String(mark.number) }) };
    case 'question':
      return { TEXT: mark.text, ...(mark.askedBy && { NAME: mark.askedBy }) };
    case 'poll':
      return { TEXT: mark.question, POLL: mark.pollId, STATE: mark.state };
  }
}
