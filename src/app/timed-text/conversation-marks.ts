/**
 * What hosts do with questions and polls, as marks of the program: each viewer is shown them when they hear of it, also
 * later on and in the recording. Nothing of it happens while the webinar is not live.
 */
import { toRostrumError } from '../../core/errors.ts';
import { type Logger } from '../../core/logger.ts';
import { type ConversationListener, type ConversationRecord, type ConversationView } from '../../signaling/index.ts';
import { type Mark } from '../../signaling/protocol/index.ts';
import { type TimedTextDesk } from './timed-text-desk.ts';

export class ConversationMarks implements ConversationListener {
  readonly #desk: Pick<TimedTextDesk, 'addMark'>;
  readonly #logger: Logger;

  constructor(options: { desk: Pick<TimedTextDesk, 'addMark'>; logger: Logger }) {
    this.#desk = options.desk;
    this.#logger = options.logger;
  }

  recorded(webinarId: string, records: readonly ConversationRecord[], conversation: ConversationView): void {
    for (const record of records) {
      const mark = markOf(record, conversation);
      if (mark !== undefined) void this.#add(webinarId, mark);
    }
  }

  /** Never rejects: the conversation goes on without its marks. */
  async #add(webinarId: string, mark: Mark): Promise<void> {
    try {
      await this.#desk.addMark({ webinarId }, mark);
    } catch (thrown) {
      const error = toRostrumError(thrown);
      if (error.code !== 'TIMED_TEXT_NOT_LIVE') this.#logger.warn({ webinarId, code: error.code, error }, 'no mark');
    }
  }
}

/** On the capture clock: what is said on the stage now reaches viewers by the playout delay later. */
const now = { startAtMs: 'now', clock: 'capture' } as const;

function markOf({ body }: ConversationRecord, conversation: ConversationView): Mark | undefined {
  if (body.type === 'questionMarked' && body.state === 'answering') {
    const question = conversation.question(body.questionId);
    if (question === undefined) return undefined;
    return { type: 'question', text: oneLine(question.text), askedBy: question.author.name, ...now };
  }
  if (body.type !== 'poll' && body.type !== 'pollClosed') return undefined;
  const poll = conversation.poll(body.pollId);
  if (poll === undefined) return undefined;
  const state = poll.isOpen ? 'opened' : 'closed';
  return { type: 'poll', pollId: poll.pollId, question: oneLine(poll.question), state, ...now };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
