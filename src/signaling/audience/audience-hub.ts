/** The rooms of `/audience`: opened from the store when somebody comes, forgotten a while after the last one left. */
import { type Clock, type Timer } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type GaugeMetric, type Metrics } from '../../core/metrics.ts';
import { SingleFlight } from '../../core/single-flight.ts';
import { signalingError } from '../errors.ts';
import { type ConversationListener, type ConversationStore } from '../ports.ts';
import { type StagePolicy } from '../people/policy-schema.ts';
import { type AudienceEventName, type AudienceEvents } from '../protocol/index.ts';
import { type RemovalReason } from '../request-channel.ts';
import { type AudienceConnection } from './audience-connection.ts';
import { AudienceRoom, type BroadcastGroup } from './audience-room.ts';
import { ConversationLog } from './conversation-log.ts';
import { audienceLimits } from './limits.ts';

export interface AudienceHubOptions {
  readonly store: ConversationStore;
  readonly listener: ConversationListener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** To everybody of a group who is connected. */
  readonly broadcast: <Name extends AudienceEventName>(
    webinarId: string,
    to: BroadcastGroup,
    event: Name,
    payload: AudienceEvents[Name],
  ) => void;
}

interface HeldRoom {
  readonly room: AudienceRoom;
  readonly connections: Set<AudienceConnection>;
  dropTimer: Timer | undefined;
}

export class AudienceHub {
  readonly #options: AudienceHubOptions;
  readonly #rooms = new Map<string, HeldRoom>();
  readonly #opening = new SingleFlight<string, HeldRoom>();
  readonly #gauge: GaugeMetric;
  #connectionCount = 0;

  constructor(options: AudienceHubOptions) {
    this.#options = options;
    this.#gauge = options.metrics.gauge({
      name: 'rostrum_signaling_audience_members',
      help: 'People joined to /audience.',
    });
  }

  /** @throws AUDIENCE_BUSY when too many webinars are open, and what the store throws */
  async enter(webinarId: string, connection: AudienceConnection): Promise<AudienceRoom> {
    const held = this.#rooms.get(webinarId) ?? (await this.#opening.run(webinarId, () => this.#open(webinarId)));
    held.dropTimer?.cancel();
    held.dropTimer = undefined;
    held.connections.add(connection);
    held.room.add(connection);
    this.#gauge.set(++this.#connectionCount);
    return held.room;
  }

  leave(webinarId: string, connection: AudienceConnection): void {
    const held = this.#rooms.get(webinarId);
    if (held?.connections.delete(connection) !== true) return;
    held.room.remove(connection);
    this.#gauge.set(--this.#connectionCount);
    if (held.connections.size === 0) this.#dropLater(webinarId, held);
  }

  /** A host decided something about people. */
  policyChanged(webinarId: string, policy: StagePolicy): void {
    for (const connection of [...(this.#rooms.get(webinarId)?.connections ?? [])]) connection.follow(policy);
  }

  /** Ends every connection. */
  removeAll(reason: RemovalReason): void {
    for (const { connections } of this.#rooms.values())
      for (const connection of [...connections]) connection.remove(reason);
  }

  close(): void {
    for (const { room, dropTimer } of this.#rooms.values()) {
      dropTimer?.cancel();
      room.close();
    }
    this.#rooms.clear();
  }

  async #open(webinarId: string): Promise<HeldRoom> {
    if (this.#rooms.size >= audienceLimits.maxOpenRooms) throw signalingError('AUDIENCE_BUSY');
    const { store, listener, clock, logger, broadcast } = this.#options;
    const log = await ConversationLog.open({ webinarId, store, clock, logger });
    const room = new AudienceRoom({
      log,
      clock,
      broadcast: (to, event, payload) => broadcast(webinarId, to, event, payload),
      onRecords: (records) => this.#tell(webinarId, () => listener.recorded(webinarId, records, log.conversation)),
    });
    const held: HeldRoom = { room, connections: new Set(), dropTimer: undefined };
    this.#rooms.set(webinarId, held);
    // Whoever asked for it may be gone by now.
    this.#dropLater(webinarId, held);
    return held;
  }

  #dropLater(webinarId: string, held: HeldRoom): void {
    held.dropTimer?.cancel();
    held.dropTimer = this.#options.clock.schedule(audienceLimits.idleRoomMs, () => {
      if (!held.room.isIdle) return this.#dropLater(webinarId, held);
      held.room.close();
      this.#rooms.delete(webinarId);
    });
  }

  /** A listener that throws must not keep the audience from hearing the rest. */
  #tell(webinarId: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.logger.error({ webinarId, error }, 'conversation listener failed');
    }
  }
}
