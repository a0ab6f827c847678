/** A client of `/audience` on a real socket, which keeps all it is told. */
import { type Socket } from 'socket.io-client';
import {
  protocolVersion,
  type AudienceEventName,
  type AudienceEvents,
  type AudienceReplies,
  type AudienceReply,
  type AudienceRequest,
  type AudienceRequestName,
  type ConversationEntry,
} from '../../src/signaling/protocol/index.ts';
import { waitFor } from './wait-for.ts';

export class AudienceClient {
  readonly socket: Socket;
  readonly events: { name: string; payload: unknown }[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((name: string, payload: unknown) => this.events.push({ name, payload }));
  }

  async connected(): Promise<void> {
    await waitFor('connection', () => this.socket.connected, { intervalMs: 5 });
  }

  async join(request: Partial<AudienceRequest<'join'>> = {}): Promise<AudienceReplies['join']> {
    await this.connected();
    return this.ok('join', { protocolVersion, ...request });
  }

  async ok<Name extends AudienceRequestName>(
    name: Name,
    payload: AudienceRequest<Name>,
  ): Promise<AudienceReplies[Name]> {
    const reply = await this.#ask(name, payload);
    if (!reply.ok) throw new Error(`${name} refused: ${reply.error.code} ${reply.error.message}`);
    return reply.data as AudienceReplies[Name];
  }

  /** The code of the error reply; fails when the request was accepted. */
  async fails(name: string, payload: unknown): Promise<string> {
    const reply = await this.#ask(name, payload);
    if (reply.ok) throw new Error(`${name} was accepted`);
    return reply.error.code;
  }

  /** All entries that came as events, in order of arrival. */
  get entries(): readonly ConversationEntry[] {
    return this.#payloadsOf('entries').flatMap(({ entries }) => entries);
  }

  /** The texts of messages that came as events. */
  get heard(): readonly string[] {
    return this.entries.flatMap((entry) => (entry.type === 'message' ? [entry.message.text] : []));
  }

  /** The newest event of a name that fits. */
  async newest<Name extends AudienceEventName>(
    name: Name,
    fits: (payload: AudienceEvents[Name]) => boolean = () => true,
  ): Promise<AudienceEvents[Name]> {
    return waitFor(`${name} that fits`, () => this.#payloadsOf(name).findLast(fits), { intervalMs: 5 });
  }

  #payloadsOf<Name extends AudienceEventName>(name: Name): AudienceEvents[Name][] {
    return this.events.filter((event) => event.name === name).map(({ payload }) => payload as AudienceEvents[Name]);
  }

  #ask(name: string, payload: unknown): Promise<AudienceReply> {
    return this.socket.timeout(15_000).emitWithAck(name, payload) as Promise<AudienceReply>;
  }
}
