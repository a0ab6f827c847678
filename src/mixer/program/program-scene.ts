/** What the program shows and sounds like at one moment: sources, stage, tiles and sound, without encoder or clock. */
import { type Clock } from '../../core/clock.ts';
import { audioTimescaleHz } from '../../media/timebase.ts';
import { AudioBus, isOnFloor } from '../audio/audio-bus.ts';
import { i420ByteLength } from '../picture/i420.ts';
import { type MixerEvent, type MixerParticipant, type MixerRunOptions, type SceneCommand } from '../ports.ts';
import { type SourceBank } from '../source-contract.ts';
import { Compositor } from './compositor.ts';
import { Dressing, type FrameMoment } from './dressing.ts';
import { type ProgramFrame } from './frame-pool.ts';
import { Stage, type StageMoment } from './stage.ts';
import { StageVideos } from './stage-videos.ts';
import { Crossfade } from './transition.ts';

export interface ProgramSceneDependencies {
  readonly options: Pick<MixerRunOptions, 'canvas' | 'title' | 'audio' | 'runIndex'>;
  readonly clock: Clock;
  readonly bank: SourceBank;
  readonly emit: (event: MixerEvent) => void;
}

export class ProgramScene {
  readonly #clock: Clock;
  readonly #emit: (event: MixerEvent) => void;
  readonly #videos: StageVideos;
  readonly #stage: Stage;
  readonly #audioBus: AudioBus;
  readonly #dressing: Dressing;
  readonly #compositor: Compositor;
  readonly #crossfade: Crossfade;
  readonly #samplesPerFrame: number;
  readonly #frameRate: number;
  #participants: readonly MixerParticipant[] = [];
  #isLive = true;
  #lastFrame: ProgramFrame | undefined;
  /** Told with the frame that shows it. */
  #newSpotlight: { readonly participantId: string | null; readonly decidedMs: number } | undefined;

  constructor({ options, clock, bank, emit }: ProgramSceneDependencies) {
    const { canvas, title, audio, runIndex } = options;
    this.#clock = clock;
    this.#emit = emit;
    this.#frameRate = canvas.frameRate;
    this.#samplesPerFrame = audioTimescaleHz / canvas.frameRate;
    this.#videos = new StageVideos({
      clock,
      bank,
      onSizeWanted: (sourceId, size) => {
        bank.requestSize(sourceId, size);
        emit({ type: 'tileSizeChanged', sourceId, size: size ? { width: size.width, height: size.height } : null });
      },
    });
    this.#stage = new Stage({
      canvas,
      pictures: this.#videos,
      isContinuation: runIndex > 0,
      onSpotlightChanged: (participantId, decidedMs) => (this.#newSpotlight = { participantId, decidedMs }),
    });
    const channelIds = audio.map(({ channelId }) => channelId);
    this.#audioBus = new AudioBus({ bank, samplesPerFrame: this.#samplesPerFrame, channelIds });
    this.#dressing = new Dressing({ canvas, title, clock, emit });
    this.#compositor = new Compositor(this.#dressing.furniture);
    this.#crossfade = new Crossfade(i420ByteLength(canvas.width, canvas.height), canvas.frameRate);
  }

  handle(command: SceneCommand): void {
    switch (command.type) {
      case 'addSource':
        this.#videos.add(command.source);
        return;
      case 'removeSource':
        this.#videos.remove(command.sourceId);
        return;
      case 'setParticipants':
        this.#stage.setParticipants(command.participants.filter(isOnFloor), this.#clock.nowMs());
        this.#participants = command.participants;
        this.#updateSound();
        return;
      case 'setSpeaker':
        this.#stage.setSpeaker(command.participantId, this.#clock.nowMs());
        return;
      case 'setLayout':
        this.#stage.setLayout(command.requestId, command.layout);
        return;
      case 'setBranding':
        void this.#dressing.setBranding(command.branding);
        return;
      case 'setScene':
        this.#isLive = command.scene.kind === 'live';
        this.#dressing.setScene(command.scene, command.crossfade === true);
        this.#updateSound();
        return;
    }
  }

  /** The sound of one frame for each audio rendition, interleaved s16le stereo. Each frame is asked for once, in order. */
  renderSound(tickIndex: number): readonly Uint8Array[] {
    return this.#audioBus.render(tickIndex * this.#samplesPerFrame);
  }

  /** Overwrites `frame` with the picture of this moment. The frame before is not written into until then. */
  compose(frame: ProgramFrame, tickIndex: number, when: FrameMoment): void {
    const moment = this.#stage.update(this.#clock.nowMs());
    this.#videos.request([...moment.tiles, ...moment.coming]);
    const isSceneFaded = this.#dressing.advance(tickIndex, when);
    const isFaded = isSceneFaded || (moment.isChanged && this.#stage.isCrossfaded);
    if (isFaded && this.#lastFrame !== undefined) {
      this.#crossfade.begin(this.#lastFrame.picture, tickIndex);
    }
    this.#draw(frame, tickIndex, moment);
    // What still stands from another scene must not be taken for this one.
    if (this.#crossfade.apply(frame.picture, tickIndex)) frame.sceneVersion = 0;
    this.#lastFrame = frame;
    this.#reportSpotlight(when);
    this.#report(moment, when);
  }

  #draw(frame: ProgramFrame, tickIndex: number, { tiles }: StageMoment): void {
    this.#compositor.dress(this.#dressing.furniture);
    const slate = this.#dressing.slateAt(tickIndex);
    if (slate === undefined) {
      const views = tiles.map((tile) => ({ tile, picture: this.#videos.pictureOf(tile) }));
      this.#compositor.compose(frame, views, this.#stage.hasBegun);
    } else {
      this.#compositor.showSlate(frame, slate);
    }
    this.#dressing.drawTicker(frame.picture, tickIndex);
  }

  /** During a slate nobody is heard: what is said in a break is not for the audience. */
  #updateSound(): void {
    const heard = this.#isLive
      ? this.#participants
      : this.#participants.map((person) => ({ ...person, isMicrophoneOn: false, isScreenOn: false }));
    this.#audioBus.setParticipants(heard);
  }

  #reportSpotlight({ frameIndex }: FrameMoment): void {
    if (this.#newSpotlight === undefined) return;
    const { participantId, decidedMs } = this.#newSpotlight;
    this.#newSpotlight = undefined;
    const waitedCount = Math.round(((this.#clock.nowMs() - decidedMs) * this.#frameRate) / 1000);
    const decidedFrameIndex = frameIndex - Math.max(0, waitedCount);
    this.#emit({
      type: 'spotlightChanged',
      participantId,
      atWallMs: this.#clock.wallMs(),
      frameIndex,
      decidedFrameIndex,
    });
  }

  #report({ plan, tiles, isChanged, requestIds }: StageMoment, { frameIndex, mediaTimeSec }: FrameMoment): void {
    if (!isChanged && requestIds.length === 0) return;
    const applied = {
      type: 'layoutApplied',
      name: plan.name,
      participantIds: tiles.map(({ participant }) => participant.participantId),
      tiles: tiles.map(({ participant, content, rect }) => ({
        participantId: participant.participantId,
        content,
        rect,
      })),
      hiddenCount: plan.hiddenCount,
      frameIndex,
      mediaTimeSec,
      atWallMs: this.#clock.wallMs(),
    } as const;
    for (const requestId of requestIds.length > 0 ? requestIds : [null]) this.#emit({ ...applied, requestId });
  }
}
