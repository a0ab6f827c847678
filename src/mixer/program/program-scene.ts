/** What the program shows and sounds like at one moment: sources, stage, tiles and sound, without encoder or clock. */
import { type Clock } from '../../core/clock.ts';
import { audioTimescaleHz } from '../../media/timebase.ts';
import { AudioBus } from '../audio/audio-bus.ts';
import { Furniture } from '../furniture/furniture.ts';
import { tileSizesOf } from '../layout/geometry.ts';
import { type Tile } from '../layout/layout.ts';
import { type MixerEvent, type MixerRunOptions, type MixerSource, type SceneCommand } from '../ports.ts';
import { type PictureSize, type SourceBank } from '../source-contract.ts';
import { Compositor, type TileView } from './compositor.ts';
import { type ProgramFrame } from './frame-pool.ts';
import { Stage } from './stage.ts';
import { TileRequests } from './tile-requests.ts';

export interface ProgramSceneDependencies {
  readonly options: Pick<MixerRunOptions, 'canvas' | 'title' | 'audio'>;
  readonly clock: Clock;
  readonly bank: SourceBank;
  readonly emit: (event: MixerEvent) => void;
}

/** A camera without a new picture for longer shows the avatar. */
export const frozenCameraMs = 5000;

export class ProgramScene {
  readonly #clock: Clock;
  readonly #bank: SourceBank;
  readonly #videoSources = new Map<string, MixerSource>();
  readonly #stage: Stage;
  readonly #stageSize: PictureSize;
  readonly #audioBus: AudioBus;
  readonly #compositor: Compositor;
  readonly #tileRequests: TileRequests;
  readonly #samplesPerFrame: number;

  constructor({ options, clock, bank, emit }: ProgramSceneDependencies) {
    const { canvas, title, audio } = options;
    this.#clock = clock;
    this.#bank = bank;
    this.#samplesPerFrame = audioTimescaleHz / canvas.frameRate;
    this.#stage = new Stage(canvas, (participantId) =>
      emit({ type: 'spotlightChanged', participantId, atWallMs: clock.wallMs() }),
    );
    this.#stageSize = tileSizesOf(canvas).stage;
    this.#tileRequests = new TileRequests((sourceId, size) => {
      bank.requestSize(sourceId, size);
      emit({ type: 'tileSizeChanged', sourceId, size: size ?? null });
    });
    const channelIds = audio.map(({ channelId }) => channelId);
    this.#audioBus = new AudioBus({ bank, samplesPerFrame: this.#samplesPerFrame, channelIds });
    this.#compositor = new Compositor(new Furniture(canvas, title));
  }

  handle(command: SceneCommand): void {
    switch (command.type) {
      case 'addSource':
        this.#bank.add(command.source);
        if (command.source.kind === 'video') this.#videoSources.set(command.source.sourceId, command.source);
        return;
      case 'removeSource':
        this.#videoSources.delete(command.sourceId);
        this.#bank.remove(command.sourceId);
        return;
      case 'setParticipants':
        this.#stage.setParticipants(command.participants);
        this.#audioBus.setParticipants(command.participants);
        return;
      case 'setSpeaker':
        this.#stage.setSpeaker(command.participantId, this.#clock.nowMs());
        return;
    }
  }

  /** The sound of one frame for each audio rendition, interleaved s16le stereo. Each frame is asked for once, in order. */
  renderSound(tickIndex: number): readonly Uint8Array[] {
    return this.#audioBus.render(tickIndex * this.#samplesPerFrame);
  }

  /** Overwrites `frame` with the picture of this moment. */
  compose(frame: ProgramFrame): void {
    const tiles = this.#stage.tilesAt(this.#clock.nowMs(), (participantId) => this.#isReady(participantId));
    this.#requestTileSizes(tiles);
    this.#compositor.compose(
      frame,
      tiles.map((tile) => this.#view(tile)),
      this.#stage.hasBegun,
    );
  }

  #view(tile: Tile): TileView {
    const { participantId, isCameraOn } = tile.participant;
    const source = isCameraOn ? this.#bank.videoOf(participantId) : undefined;
    if (source === undefined || source.sinceLastPictureMs() > frozenCameraMs) return { tile, picture: undefined };
    return { tile, picture: source.latest() };
  }

  /** Somebody without a camera shows the avatar in any size. */
  #isReady(participantId: string): boolean {
    const source = this.#bank.videoOf(participantId);
    if (source === undefined || source.sinceLastPictureMs() > frozenCameraMs) return true;
    return source.latest()?.height === this.#stageSize.height;
  }

  #requestTileSizes(tiles: readonly Tile[]): void {
    const sizes = new Map<string, PictureSize>(tiles.map(({ participant, rect }) => [participant.participantId, rect]));
    for (const id of this.#stage.largeIds) if (id !== null && sizes.has(id)) sizes.set(id, this.#stageSize);
    const wanted = new Map<string, PictureSize | undefined>();
    for (const { sourceId, participantId } of this.#videoSources.values()) {
      const size = this.#bank.videoOf(participantId)?.sourceId === sourceId ? sizes.get(participantId) : undefined;
      wanted.set(sourceId, size);
    }
    this.#tileRequests.update(wanted);
  }
}
