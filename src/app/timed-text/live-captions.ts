/** Captions of one running event: times made program times and checked, given to viewers and to the recording. */
import { type Clock } from '../../core/clock.ts';
import { plainCueText } from '../../media/webvtt/index.ts';
import { type PlacedSpan, type Program } from '../../hls/index.ts';
import { type RecordedEvent } from '../../recording/index.ts';
import { type AddCaptions, type CaptionsAdded } from '../../signaling/protocol/index.ts';
import { appError } from '../errors.ts';
import { type CaptionChannel } from '../pipeline/renditions.ts';
import { channelIdOf } from '../webinars/languages.ts';
import { isNearNow, maxAheadMs, maxBehindMs, toProgramMs } from './program-time.ts';

/** Of one event, all languages together: ten hours of a caption every two seconds in three languages. */
const maxCueCount = 54_000;

export type CaptionEvent = Extract<RecordedEvent, { type: 'caption' }>;

export interface LiveCaptionsOptions {
  readonly channels: readonly CaptionChannel[];
  readonly program: Pick<Program, 'addCaptions'>;
  /** Capture plus this is program time. */
  readonly playoutDelayMs: number;
  readonly clock: Clock;
  readonly onCaption: (event: CaptionEvent) => void;
}

export class LiveCaptions {
  readonly #options: LiveCaptionsOptions;
  #cueCount = 0;

  constructor(options: LiveCaptionsOptions) {
    this.#options = options;
  }

  /**
   * Takes all cues of a call or none.
   * @throws CAPTIONS_LANGUAGE_UNKNOWN, CAPTIONS_TIME_INVALID, CAPTIONS_TOO_MANY, HLS_CAPTIONS_FULL, CORE_CLOSED
   */
  add({ clock = 'program', cues }: AddCaptions): CaptionsAdded {
    if (this.#cueCount + cues.length > maxCueCount) throw appError('CAPTIONS_TOO_MANY', { details: { maxCueCount } });
    const prepared = cues.map((cue, index) => ({
      cueId: `c${this.#cueCount + index}`,
      channel: this.#channelOf(cue.language),
      text: plainCueText(cue.text),
      ...this.#spanOf(cue, index, clock),
    }));
    const shown = this.#options.program.addCaptions(
      prepared.map(({ channel, ...cue }) => ({ ...cue, renditionId: channel.renditionId })),
    );
    this.#cueCount += cues.length;
    return { cues: prepared.map((cue, index) => this.#tell(cue, shown[index])) };
  }

  #tell(
    { cueId, channel, text, startMs, endMs }: { cueId: string; channel: CaptionChannel; text: string } & Span,
    shown: PlacedSpan | undefined,
  ): CaptionsAdded['cues'][number] {
    const { languageTag: language } = channel;
    const delayMs = shown === undefined ? null : Math.round(shown.delayMs);
    this.#options.onCaption({ type: 'caption', atMs: startMs, endAtMs: endMs, cueId, language, text, delayMs });
    return {
      cueId,
      startAtMs: startMs,
      endAtMs: endMs,
      shown: shown === undefined ? null : { startAtMs: shown.startMs, endAtMs: shown.endMs, delayMs: shown.delayMs },
    };
  }

  #channelOf(language: string): CaptionChannel {
    const { channels } = this.#options;
    const channel = channels.find(({ channelId }) => channelId === channelIdOf(language));
    if (channel !== undefined) return channel;
    const languages = channels.map(({ languageTag }) => languageTag);
    throw appError('CAPTIONS_LANGUAGE_UNKNOWN', { details: { language, languages } });
  }

  #spanOf(cue: AddCaptions['cues'][number], index: number, clock: 'program' | 'capture'): Span {
    const nowMs = this.#options.clock.wallMs();
    const { playoutDelayMs } = this.#options;
    const toProgram = (at: number | 'now') => toProgramMs(at, clock, { nowMs, playoutDelayMs });
    const startMs = toProgram(cue.startAtMs);
    const endMs = cue.endAtMs === undefined ? startMs + (cue.durationMs ?? 0) : toProgram(cue.endAtMs);
    if (!isNearNow({ startMs, endMs }, nowMs)) {
      const details = { index, startAtMs: startMs, nowMs, maxBehindMs, maxAheadMs };
      throw appError('CAPTIONS_TIME_INVALID', { details });
    }
    return { startMs, endMs };
  }
}

interface Span {
  /** Program time. */
  readonly startMs: number;
  readonly endMs: number;
}
