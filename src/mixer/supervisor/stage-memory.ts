/** What a successor has to be told: the stage as it is now. Sources belong to one process and its port. */
import { type MixerCommand } from '../ports.ts';

export class StageMemory {
  #participants: MixerCommand | undefined;
  #speaker: MixerCommand | undefined;
  #branding: MixerCommand | undefined;
  #scene: MixerCommand | undefined;
  #layout: MixerCommand | undefined;
  readonly #sources = new Map<string, MixerCommand>();

  /** Takes note of a command. */
  remember(command: MixerCommand): void {
    if (command.type === 'setParticipants') this.#participants = command;
    else if (command.type === 'setSpeaker') this.#speaker = command;
    else if (command.type === 'setBranding') this.#branding = command;
    else if (command.type === 'setScene') this.#scene = command;
    else if (command.type === 'setLayout') this.#layout = command;
    else if (command.type === 'addSource') this.#sources.set(command.source.sourceId, command);
    else if (command.type === 'removeSource') this.#sources.delete(command.sourceId);
  }

  /** The process is gone and its RTP port with it: its sources can never arrive anywhere else. */
  forgetSources(): void {
    this.#sources.clear();
  }

  /** Commands that bring a fresh process to where things stand, in order. */
  replay(): MixerCommand[] {
    const stage = [this.#branding, this.#scene, this.#layout, this.#participants, this.#speaker].filter(
      (command) => command !== undefined,
    );
    return [...stage, ...this.#sources.values()];
  }
}
