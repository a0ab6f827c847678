/** Who is on stage, who is in the spotlight and what that looks like as tiles. Pure but for the times it is given. */
import { arrangeStage } from '../layout/stage-order.ts';
import { type CanvasSize } from '../layout/geometry.ts';
import { layOut, type Tile } from '../layout/layout.ts';
import { SpotlightChoice } from '../layout/spotlight-choice.ts';
import { type MixerParticipant } from '../ports.ts';

export class Stage {
  readonly #canvas: CanvasSize;
  readonly #onSpotlightChanged: (participantId: string | null) => void;
  readonly #choice = new SpotlightChoice();
  #participants: readonly MixerParticipant[] = [];
  #order: string[] = [];
  #speakerId: string | null = null;
  #tiles: Tile[] = [];
  #isStale = false;
  #hasBegun = false;

  constructor(canvas: CanvasSize, onSpotlightChanged: (participantId: string | null) => void) {
    this.#canvas = canvas;
    this.#onSpotlightChanged = onSpotlightChanged;
  }

  /** Who is in the large tile or about to be, as of the last `tilesAt`. */
  get largeIds(): readonly (string | null)[] {
    return [this.#choice.spotlightId, this.#choice.candidateId];
  }

  /** True from the first participant on. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  setParticipants(participants: readonly MixerParticipant[]): void {
    this.#participants = participants;
    this.#hasBegun ||= participants.length > 0;
    this.#choice.setPresent(participants.map((participant) => participant.participantId));
    this.#isStale = true;
  }

  setSpeaker(participantId: string | null, nowMs: number): void {
    this.#speakerId = participantId;
    this.#choice.setSpeaker(participantId, nowMs);
    this.#isStale = true;
  }

  /**
   * The tiles at `nowMs`, the large one first.
   * @param isReady whether somebody's picture for the large tile is there, or will never be.
   */
  tilesAt(nowMs: number, isReady: (participantId: string) => boolean): readonly Tile[] {
    const before = this.#choice.spotlightId;
    const spotlightId = this.#choice.update(nowMs, isReady);
    if (spotlightId === before && !this.#isStale) return this.#tiles;
    this.#isStale = false;
    const present = this.#participants.map((participant) => participant.participantId);
    this.#order = arrangeStage(this.#order, present, spotlightId);
    this.#tiles = layOut(this.#canvas, this.#order, this.#participants, this.#speakerId);
    if (spotlightId !== before) this.#onSpotlightChanged(spotlightId);
    return this.#tiles;
  }
}
