/** Where captions and marks come in: finds the running event that they belong to. */
import { type AddCaptions, type CaptionsAdded, type Mark } from '../../signaling/protocol/index.ts';
import { type CaptionDesk, type PeerRef } from '../../signaling/index.ts';
import { appError } from '../errors.ts';
import { type LiveCaptions } from './live-captions.ts';
import { type LiveMarks, type MarkAdded } from './live-marks.ts';

/** What a running event takes. */
export interface LiveTimedText {
  readonly captions: Pick<LiveCaptions, 'add'>;
  readonly marks: Pick<LiveMarks, 'add'>;
}

export class TimedTextDesk implements CaptionDesk {
  readonly #assertWebinar: (webinarId: string) => Promise<unknown>;
  readonly #live = new Map<string, LiveTimedText>();

  /** @param assertWebinar throws WEBINAR_NOT_FOUND */
  constructor(assertWebinar: (webinarId: string) => Promise<unknown>) {
    this.#assertWebinar = assertWebinar;
  }

  /** From the start of an event; call what is returned at its end. */
  attach(webinarId: string, event: LiveTimedText): () => void {
    this.#live.set(webinarId, event);
    return () => {
      if (this.#live.get(webinarId) === event) this.#live.delete(webinarId);
    };
  }

  /** @throws WEBINAR_NOT_FOUND, TIMED_TEXT_NOT_LIVE, and what `LiveCaptions.add` throws */
  async addCaptions({ webinarId }: Pick<PeerRef, 'webinarId'>, request: AddCaptions): Promise<CaptionsAdded> {
    return (await this.#eventOf(webinarId)).captions.add(request);
  }

  /** @throws WEBINAR_NOT_FOUND, TIMED_TEXT_NOT_LIVE, and what `LiveMarks.add` throws */
  async addMark({ webinarId }: Pick<PeerRef, 'webinarId'>, mark: Mark): Promise<MarkAdded> {
    return (await this.#eventOf(webinarId)).marks.add(mark);
  }

  async #eventOf(webinarId: string): Promise<LiveTimedText> {
    await this.#assertWebinar(webinarId);
    const event = this.#live.get(webinarId);
    if (event === undefined) throw appError('TIMED_TEXT_NOT_LIVE', { details: { webinarId } });
    return event;
  }
}
