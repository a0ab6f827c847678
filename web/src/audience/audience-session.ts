/** One page's part in the conversation: connects, comes back with what it had, and does what the person wants. */
import { protocolVersion } from '../../../src/signaling/protocol/version.ts';
import type {
  AudienceEventName,
  AudienceReplies,
  AudienceRequest,
  AudienceRequestName,
  Reaction,
} from '../../../src/signaling/protocol/index.ts';
import { ApiError, messageOf } from '../lib/api-error.ts';
import { audienceBackoff } from '../lib/backoff.ts';
import { type Scheduler } from '../lib/scheduler.ts';
import { SocketClient } from '../lib/socket-client.ts';
import { Store } from '../lib/store.ts';
import {
  type AudienceEvent,
  type ConversationState,
  emptyConversation,
  reduceConversation,
  withJoin,
} from './conversation-state.ts';

const requestDeadlineMs = 10_000;

const eventNames: Readonly<Record<AudienceEventName, true>> = {
  entries: true,
  counts: true,
  reactions: true,
  hands: true,
  handLowered: true,
  silenced: true,
  broughtUp: true,
  permissionsChanged: true,
  removed: true,
};

/** Trying again cannot help; a token that ran out is replaced by the next attempt. */
const finalCodes: ReadonlySet<string> = new Set([
  'SIGNALING_REMOVED',
  'SIGNALING_VERSION_UNSUPPORTED',
  'SIGNALING_NAMESPACE_REFUSED',
]);

export interface AudienceView {
  /** `off` is for good: this page takes no part. */
  readonly phase: 'connecting' | 'joined' | 'lost' | 'off';
  readonly conversation: ConversationState;
  /** What last went wrong, shown as it is. */
  readonly message: string | undefined;
  /** A link onto the stage that was not taken up yet. */
  readonly stageToken: string | undefined;
}

export interface AudienceSessionOptions {
  /** Asked for before each connection. */
  readonly token: () => Promise<string>;
  /** The token was refused: the next one asked for has to be another. */
  readonly onTokenRefused?: () => void;
  /** Said with each join, until this page has another. */
  readonly displayName?: () => string | undefined;
  readonly clientId?: Promise<string | undefined> | undefined;
  readonly scheduler: Scheduler;
}

type RequestOf<Name extends AudienceRequestName> = AudienceRequest<Name>;

export class AudienceSession {
  readonly view = new Store<AudienceView>({
    phase: 'connecting',
    conversation: emptyConversation,
    message: undefined,
    stageToken: undefined,
  });
  /** Called with what others react, about once a second. */
  onReactions: (counts: Readonly<Partial<Record<Reaction, number>>>) => void = () => undefined;
  readonly #options: AudienceSessionOptions;
  readonly #client: SocketClient<AudienceEvent>;
  /** Events that overtook the reply to the join they belong behind. */
  #early: AudienceEvent[] | undefined;
  #connectionNumber = 0;

  constructor(options: AudienceSessionOptions) {
    this.#options = options;
    this.#client = new SocketClient({
      namespace: '/audience',
      auth: async () => ({ token: await options.token() }),
      eventNames: Object.keys(eventNames),
      deadlineMsOf: () => requestDeadlineMs,
      isFinalRefusal: (code) => finalCodes.has(code),
      backoff: audienceBackoff,
      scheduler: options.scheduler,
      listener: {
        onConnected: () => void this.#join(),
        onDisconnected: () => this.#onDisconnected(),
        onRetry: (code) => code.startsWith('AUTH_TOKEN') && options.onTokenRefused?.(),
        onRefused: () => this.#patch({ phase: 'off' }),
        onEvent: (event) => this.#onEvent(event),
      },
    });
  }

  start(): void {
    this.#client.connect();
  }

  /** Idempotent. */
  close(): void {
    this.#connectionNumber += 1;
    this.#client.close();
  }

  /** @returns whether it was done; otherwise the view says why not. */
  async ask<Name extends AudienceRequestName>(name: Name, request: RequestOf<Name>): Promise<boolean> {
    return (await this.#ask(name, request)) !== undefined;
  }

  async setName(displayName: string): Promise<boolean> {
    const reply = await this.#ask('setName', { displayName });
    if (reply !== undefined) this.#update((state) => ({ ...state, name: reply.name }));
    return reply !== undefined;
  }

  async upvote(questionId: string, isOn: boolean): Promise<void> {
    if (!(await this.ask('upvote', { questionId, isOn }))) return;
    this.#update((state) => {
      const upvotedIds = new Set(state.upvotedIds);
      if (isOn) upvotedIds.add(questionId);
      else upvotedIds.delete(questionId);
      return { ...state, upvotedIds };
    });
  }

  async vote(pollId: string, option: number): Promise<void> {
    if (await this.ask('vote', { pollId, option }))
      this.#update((state) => ({ ...state, votes: { ...state.votes, [pollId]: option } }));
  }

  async setHand(isRaised: boolean): Promise<void> {
    if (await this.ask('setHand', { isRaised })) this.#update((state) => ({ ...state, isHandRaised: isRaised }));
  }

  /** The link was taken up, or is not wanted. */
  dropStageToken(): void {
    this.#patch({ stageToken: undefined });
  }

  dismissMessage(): void {
    this.#patch({ message: undefined });
  }

  async #join(): Promise<void> {
    const number = ++this.#connectionNumber;
    const isOvertaken = (): boolean => number !== this.#connectionNumber;
    this.#early = [];
    try {
      const { displayName, clientId: awaitedClientId } = this.#options;
      const clientId = await awaitedClientId;
      const { after, name = displayName?.() } = this.view.value.conversation;
      const reply = (await this.#client.request('join', {
        protocolVersion,
        ...(name !== undefined && { displayName: name }),
        ...(clientId !== undefined && { clientId }),
        ...(after !== undefined && { after }),
      })) as AudienceReplies['join'];
      if (isOvertaken()) return;
      this.#client.resetBackoff();
      this.#update((state) => withJoin(state, reply));
      this.#patch({ phase: 'joined' });
      const early = this.#early;
      this.#early = undefined;
      for (const event of early) this.#onEvent(event);
    } catch (thrown) {
      if (isOvertaken()) return;
      if (thrown instanceof ApiError && finalCodes.has(thrown.code)) {
        this.#patch({ phase: 'off' });
        this.close();
      } else this.#client.reconnect();
    }
  }

  #onDisconnected(): void {
    this.#connectionNumber += 1;
    if (this.view.value.phase === 'joined') this.#patch({ phase: 'lost' });
  }

  #onEvent(event: AudienceEvent): void {
    if (event.name === 'removed') {
      if (finalCodes.has(event.payload.code)) {
        this.#patch({ phase: 'off' });
        this.close();
      }
      return;
    }
    if (this.#early !== undefined) {
      this.#early.push(event);
      return;
    }
    if (event.name === 'reactions') this.onReactions(event.payload.counts);
    if (event.name === 'broughtUp') this.#patch({ stageToken: event.payload.token });
    this.#update((state) => reduceConversation(state, event));
  }

  async #ask<Name extends AudienceRequestName>(
    name: Name,
    request: RequestOf<Name>,
  ): Promise<AudienceReplies[Name] | undefined> {
    try {
      const reply = (await this.#client.request(name, request)) as AudienceReplies[Name];
      this.#patch({ message: undefined });
      return reply;
    } catch (thrown) {
      this.#patch({ message: messageOf(thrown) });
      return undefined;
    }
  }

  #update(change: (state: ConversationState) => ConversationState): void {
    const conversation = change(this.view.value.conversation);
    if (conversation !== this.view.value.conversation) this.#patch({ conversation });
  }

  #patch(patch: Partial<AudienceView>): void {
    this.view.update((view) => ({ ...view, ...patch }));
  }
}
