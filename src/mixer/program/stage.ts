/** Who is on stage, who is in the spotlight and what that looks like as tiles. Pure but for the times it is given. */
import { Arrivals, maxPersonArrivalMs, maxScreenArrivalMs } from '../layout/arrivals.ts';
import { type CanvasSize } from '../layout/geometry.ts';
import { emptyPlan, type LayoutPlan, planLayout, type Tile, tilesOf } from '../layout/layout.ts';
import { maxLeaveWaitMs, maxPictureWaitMs, RelayoutGate } from '../layout/relayout-gate.ts';
import { SpotlightChoice } from '../layout/spotlight-choice.ts';
import { type LayoutRequest } from '../layout-contract.ts';
import { type MixerParticipant } from '../ports.ts';

/** What the stage has to know about pictures. */
export interface StagePictures {
  /** Whose screens are shared, the oldest first. */
  screenOwnerIds(): readonly string[];
  hasPicture(participantId: string, content: Tile['content']): boolean;
  /** The picture is there and large enough, or will never be. */
  isReady(tile: Tile): boolean;
}

export interface StageOptions {
  readonly canvas: CanvasSize;
  readonly pictures: StagePictures;
  /** Somebody was on stage before; the first participants are at once where they were. */
  readonly isContinuation: boolean;
  /** @param decidedMs monotonic; now when nothing had to be waited for. */
  readonly onSpotlightChanged: (participantId: string | null, decidedMs: number) => void;
}

/** One frame's worth of stage. */
export interface StageMoment {
  readonly plan: LayoutPlan;
  /** In drawing order; the same array until something changes. */
  readonly tiles: readonly Tile[];
  /** Tiles whose pictures are needed soon. */
  readonly coming: readonly Tile[];
  /** What is shown where has changed with this moment. */
  readonly isChanged: boolean;
  /** Orders of the host that this moment fulfils. */
  readonly requestIds: readonly string[];
}

/** Orders that can wait for one change; of more, the oldest stay without an answer. */
const maxRequestIds = 32;

export class Stage {
  readonly #options: StageOptions;
  readonly #people: Arrivals;
  readonly #screens: Arrivals;
  readonly #choice = new SpotlightChoice();
  readonly #gate = new RelayoutGate();
  #request: LayoutRequest = { mode: 'auto' };
  #requestIds: string[] = [];
  #participants: ReadonlyMap<string, MixerParticipant> = new Map();
  /** Those who left but are still shown. */
  #former: ReadonlyMap<string, MixerParticipant> = new Map();
  #speakerId: string | null = null;
  #shown: LayoutPlan = emptyPlan;
  #wantedKey = emptyPlan.key;
  #order: readonly string[] = [];
  #tiles: readonly Tile[] = [];
  #isStale = false;
  #hasBegun: boolean;
  #mainId: string | null = null;
  /** The choice's as of the last time that it was shown, pinned over or not. */
  #chosenId: string | null = null;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#hasBegun = options.isContinuation;
    this.#people = new Arrivals(maxPersonArrivalMs, options.isContinuation);
    this.#screens = new Arrivals(maxScreenArrivalMs, false);
  }

  /** True once somebody was shown. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Changes of what is shown where are to be blended rather than cut. */
  get isCrossfaded(): boolean {
    return this.#request.crossfade === true;
  }

  setParticipants(participants: readonly MixerParticipant[], nowMs: number): void {
    const present = new Map(participants.map((participant) => [participant.participantId, participant]));
    const left = [...this.#former, ...this.#participants].filter(([id]) => !present.has(id) && this.#isShown(id));
    this.#former = new Map(left);
    this.#participants = present;
    this.#people.setPresent([...present.keys()], nowMs);
    this.#isStale = true;
  }

  setSpeaker(participantId: string | null, nowMs: number): void {
    this.#speakerId = participantId;
    this.#choice.setSpeaker(participantId, nowMs);
    this.#isStale = true;
  }

  /** Answered by the `requestIds` of a later moment. */
  setLayout(requestId: string, request: LayoutRequest): void {
    this.#request = request;
    this.#requestIds = [...this.#requestIds, requestId].slice(-maxRequestIds);
  }

  /** To be called once per frame shown. */
  update(nowMs: number): StageMoment {
    const { pictures } = this.#options;
    const screenOwnerIds = this.#screenOwnerIds();
    this.#screens.setPresent(screenOwnerIds, nowMs);
    const present = this.#people.arrived(nowMs, (id) => pictures.hasPicture(id, 'camera'));
    const screens = this.#screens.arrived(nowMs, (id) => pictures.hasPicture(id, 'screen'));
    const planFor = (spotlightId: string | null) => this.#plan(present, screens, spotlightId);
    const isPromoted = this.#promote(present, nowMs, planFor);
    const wanted = planFor(this.#choice.spotlightId);
    const isChanged = this.#isDue(wanted, isPromoted, nowMs);
    if (isChanged) this.#show(wanted, nowMs);
    const requestIds = this.#shown.key === wanted.key ? this.#settle(wanted, nowMs) : [];
    if (isChanged || this.#isStale) this.#tiles = this.#tilesOf(this.#shown);
    this.#isStale = false;
    // Newcomers and whoever speaks next: their pictures should be there when their tile is.
    const candidateId = this.#choice.candidateId ?? this.#choice.spotlightId;
    const expected = this.#plan([...this.#participants.keys()], screenOwnerIds, candidateId);
    const coming = [...this.#tilesOf(wanted), ...this.#tilesOf(expected)];
    return { plan: this.#shown, tiles: this.#tiles, coming, isChanged, requestIds };
  }

  /** @returns true when the one who speaks has just been given the spotlight. */
  #promote(present: readonly string[], nowMs: number, planFor: (spotlightId: string) => LayoutPlan): boolean {
    const { candidateId, spotlightId: formerId } = this.#choice;
    this.#choice.setPresent(present);
    const spotlightId = this.#choice.update(nowMs, (id) => {
      const plan = planFor(id);
      if (plan.key === this.#shown.key) return true;
      const tile = this.#tilesOf(plan).find(({ participant }) => participant.participantId === id);
      return this.#gate.isPaced(nowMs) && (tile === undefined || this.#options.pictures.isReady(tile));
    });
    return spotlightId !== null && spotlightId === candidateId && spotlightId !== formerId;
  }

  #isDue(wanted: LayoutPlan, isPromoted: boolean, nowMs: number): boolean {
    if (wanted.key === this.#shown.key) {
      this.#gate.forget();
      this.#wantedKey = wanted.key;
      return false;
    }
    const hasLeft = this.#hasLeft(wanted);
    if (wanted.key !== this.#wantedKey) this.#gate.want(nowMs, hasLeft ? maxLeaveWaitMs : maxPictureWaitMs);
    this.#wantedKey = wanted.key;
    if (isPromoted) return true;
    const isUrgent = this.#requestIds.length > 0;
    // Whatever else changes comes with the switch that is about to happen.
    if (this.#choice.isDecided && !hasLeft && !isUrgent) return false;
    const isReady = this.#tilesOf(wanted).every((tile) => this.#options.pictures.isReady(tile));
    return this.#gate.isOpen(nowMs, { isReady, isUrgent });
  }

  #show(plan: LayoutPlan, nowMs: number): void {
    this.#shown = plan;
    this.#former = new Map();
    this.#hasBegun ||= plan.name !== null;
    this.#gate.shown(nowMs);
  }

  /** What is wanted is shown: tells who is the main person and which orders are fulfilled. */
  #settle({ order }: LayoutPlan, nowMs: number): readonly string[] {
    this.#order = order;
    const { spotlightId, decidedMs } = this.#choice;
    const mainId = this.#pinnedIds().find((id) => order.includes(id)) ?? spotlightId;
    if (mainId !== this.#mainId) {
      this.#mainId = mainId;
      // A pin is not the choice's, and whoever takes over from a pin was chosen before.
      const isNewChoice = mainId === spotlightId && spotlightId !== this.#chosenId;
      this.#options.onSpotlightChanged(mainId, isNewChoice ? decidedMs : nowMs);
    }
    this.#chosenId = spotlightId;
    const fulfilled = this.#requestIds;
    this.#requestIds = [];
    return fulfilled;
  }

  #plan(present: readonly string[], screens: readonly string[], spotlightId: string | null): LayoutPlan {
    const pinnedScreen = this.#pinnedIds().find((id) => screens.includes(id));
    return planLayout(this.#options.canvas, {
      request: this.#request,
      present,
      screenOwnerId: pinnedScreen ?? screens.at(-1) ?? null,
      spotlightId,
      recentIds: this.#choice.recentIds,
      order: this.#order,
    });
  }

  #pinnedIds(): readonly string[] {
    return this.#request.pinnedIds ?? [];
  }

  #tilesOf(plan: LayoutPlan): Tile[] {
    return tilesOf(plan, (id) => this.#participants.get(id) ?? this.#former.get(id), this.#speakerId);
  }

  #screenOwnerIds(): string[] {
    const isShared = (id: string): boolean => {
      const owner = this.#participants.get(id);
      return owner !== undefined && owner.isScreenOn !== false;
    };
    return this.#options.pictures.screenOwnerIds().filter(isShared);
  }

  #isShown(participantId: string): boolean {
    return this.#shown.seatedIds.includes(participantId) || this.#shown.screenOwnerId === participantId;
  }

  /** Somebody shown is gone, or the screen is. */
  #hasLeft(wanted: LayoutPlan): boolean {
    const { screenOwnerId } = this.#shown;
    if (screenOwnerId !== null && wanted.screenOwnerId !== screenOwnerId) return true;
    return this.#former.size > 0;
  }
}
