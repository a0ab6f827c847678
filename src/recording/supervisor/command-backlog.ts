/**
 * Commands that the recorder has not acknowledged, bounded by bytes. The first ones are in flight (sent), the rest waits.
 * Policy at the limit: the oldest media that was not sent is dropped and its place taken by a `loss` command, so that the
 * recording knows; everything without media is kept. Pure.
 */
import { type NumberedMessage } from '../command-schema.ts';
import { commandOverheadBytes } from '../command-window.ts';

export type NumberedCommand = NumberedMessage;
/** What the server says; the backlog numbers it. */
export type UnnumberedCommand = NumberedCommand extends infer Command
  ? Command extends NumberedCommand
    ? Omit<Command, 'sequence'>
    : never
  : never;

interface Entry {
  command: NumberedCommand;
  readonly sizeBytes: number;
}

export interface BacklogLimits {
  readonly maxBytes: number;
  /** Sent and unacknowledged at most: what the recorder process may have to hold. */
  readonly maxInFlightBytes: number;
}

export class CommandBacklog {
  readonly #limits: BacklogLimits;
  readonly #entries: Entry[] = [];
  #sentCount = 0;
  #sentBytes = 0;
  #totalBytes = 0;
  #lastSequence = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  get length(): number {
    return this.#entries.length;
  }

  get inFlightCount(): number {
    return this.#sentCount;
  }

  /** Numbers and queues a command. @returns how many parts were dropped for it (0 as a rule). */
  push(command: UnnumberedCommand, nowWallMs: number): number {
    const numbered: NumberedCommand = { ...command, sequence: ++this.#lastSequence };
    const entry = { command: numbered, sizeBytes: sizeOf(numbered) };
    this.#entries.push(entry);
    this.#totalBytes += entry.sizeBytes;
    let lostCount = 0;
    while (this.#totalBytes > this.#limits.maxBytes) {
      const dropped = this.#dropOldestPart(nowWallMs);
      if (!dropped) break;
      lostCount++;
    }
    return lostCount;
  }

  /** The next command that fits into the window, marked as sent; undefined when it must wait. */
  takeNext(): NumberedCommand | undefined {
    const entry = this.#entries[this.#sentCount];
    if (entry === undefined) return undefined;
    // One command always fits, however large: else nothing would ever move.
    if (this.#sentCount > 0 && this.#sentBytes + entry.sizeBytes > this.#limits.maxInFlightBytes) return undefined;
    this.#sentCount++;
    this.#sentBytes += entry.sizeBytes;
    return entry.command;
  }

  /** Forgets everything up to `sequence` that was sent. @returns the commands that are durable now. */
  acknowledge(sequence: number): NumberedCommand[] {
    const acknowledged: NumberedCommand[] = [];
    while (this.#sentCount > 0 && this.#entries[0]!.command.sequence <= sequence) {
      const entry = this.#entries.shift()!;
      this.#sentCount--;
      this.#sentBytes -= entry.sizeBytes;
      this.#totalBytes -= entry.sizeBytes;
      acknowledged.push(entry.command);
    }
    return acknowledged;
  }

  /** The recorder died: everything unacknowledged has to be sent again. */
  rewind(): void {
    this.#sentCount = 0;
    this.#sentBytes = 0;
  }

  #dropOldestPart(nowWallMs: number): boolean {
    const index = this.#entries.findIndex(({ command }, at) => at >= this.#sentCount && command.type === 'part');
    const entry = this.#entries[index];
    if (entry?.command.type !== 'part') return false;
    const { sequence, sessionId } = entry.command;
    // A segment whose parts are gone says nothing: its command goes with them, so that losing costs no memory.
    let at = index;
    while (at > this.#sentCount && isSegmentOf(this.#entries[at - 1]!, sessionId)) this.#remove(--at);
    const before = at > this.#sentCount ? this.#entries[at - 1] : undefined;
    if (before?.command.type === 'loss' && before.command.sessionId === sessionId) {
      before.command = { ...before.command, partCount: before.command.partCount + 1 };
    } else {
      const loss = {
        type: 'loss',
        sequence,
        sessionId,
        atMs: nowWallMs,
        cause: 'recorderOverflow',
        partCount: 1,
      } as const;
      this.#entries.splice(at++, 0, { command: loss, sizeBytes: commandOverheadBytes });
      this.#totalBytes += commandOverheadBytes;
    }
    this.#remove(at);
    return true;
  }

  #remove(index: number): void {
    const [removed] = this.#entries.splice(index, 1);
    this.#totalBytes -= removed!.sizeBytes;
  }
}

function isSegmentOf({ command }: Entry, sessionId: string): boolean {
  return command.type === 'segment' && command.sessionId === sessionId;
}

function sizeOf(command: NumberedCommand): number {
  if (command.type === 'part') return command.part.bytes.length + commandOverheadBytes;
  return command.type === 'init' ? command.init.bytes.length + commandOverheadBytes : commandOverheadBytes;
}
