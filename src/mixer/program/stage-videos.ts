/** The pictures behind the tiles: which source shows whom, in which size it is wanted, and what is shown without one. */
import { type Clock } from '../../core/clock.ts';
import { maxPersonArrivalMs } from '../layout/arrivals.ts';
import { type Tile } from '../layout/layout.ts';
import { type MixerSource } from '../ports.ts';
import {
  type I420Picture,
  type SourceBank,
  type TileSize,
  type VideoContent,
  type VideoSource,
} from '../source-contract.ts';
import { FreezeWatch } from './freeze-watch.ts';
import { type StagePictures } from './stage.ts';
import { TileRequests } from './tile-requests.ts';

/** A camera without a new picture for longer shows the avatar, until it has given three again. A shared screen may stand still for ever. */
export const frozenCameraMs = 5000;
/** The last picture of a source that was removed is shown for so long: somebody leaves, or sends anew. */
export const heldPictureMs = 1000;

export interface StageVideosOptions {
  readonly clock: Clock;
  readonly bank: SourceBank;
  /** A source is wanted in another size; undefined for not at all. */
  readonly onSizeWanted: (sourceId: string, size: TileSize | undefined) => void;
}

/** Whose picture a source carries. */
interface VideoOrigin {
  readonly sourceId: string;
  readonly participantId: string;
  readonly content: VideoContent;
}

interface Held {
  readonly picture: I420Picture;
  readonly untilMs: number;
}

export class StageVideos implements StagePictures {
  readonly #clock: Clock;
  readonly #bank: SourceBank;
  readonly #sources = new Map<string, VideoOrigin>();
  readonly #held = new Map<string, Held>();
  readonly #freezes = new FreezeWatch(frozenCameraMs);
  readonly #requests: TileRequests;

  constructor({ clock, bank, onSizeWanted }: StageVideosOptions) {
    this.#clock = clock;
    this.#bank = bank;
    this.#requests = new TileRequests(onSizeWanted);
  }

  add(source: MixerSource): void {
    this.#bank.add(source);
    const { sourceId, participantId, content } = source;
    if (content === 'camera' || content === 'screen') this.#sources.set(sourceId, { sourceId, participantId, content });
  }

  remove(sourceId: string): void {
    const source = this.#sources.get(sourceId);
    if (source !== undefined) this.#hold(source);
    this.#sources.delete(sourceId);
    this.#freezes.forget(sourceId);
    this.#bank.remove(sourceId);
  }

  screenOwnerIds(): readonly string[] {
    return [...this.#sources.values()]
      .filter(({ content }) => content === 'screen')
      .map(({ participantId }) => participantId);
  }

  hasPicture(participantId: string, content: Tile['content']): boolean {
    return this.#bank.videoOf(participantId, content)?.latest() !== undefined;
  }

  isReady(tile: Tile): boolean {
    const source = this.#sourceOf(tile);
    if (source === undefined || this.#isFrozen(source, tile)) return true;
    const picture = source.latest();
    if (picture !== undefined) return picture.width >= tile.rect.width && picture.height >= tile.rect.height;
    return this.#requests.askedForMs(source.sourceId, this.#clock.nowMs()) >= maxPersonArrivalMs;
  }

  /** What a tile shows now; undefined for nothing: the avatar then. */
  pictureOf(tile: Tile): I420Picture | undefined {
    const source = this.#sourceOf(tile);
    if (source !== undefined && this.#isFrozen(source, tile)) return undefined;
    return source?.latest() ?? this.#heldFor(tile);
  }

  /** Asks for pictures as large as the largest of these tiles that shows them. */
  request(tiles: readonly Tile[]): void {
    const sizes = new Map<string, TileSize>();
    for (const { participant, content, rect, fit } of tiles) {
      const key = keyOf(participant.participantId, content);
      const other = sizes.get(key);
      if (other !== undefined && other.width * other.height >= rect.width * rect.height) continue;
      sizes.set(key, { width: rect.width, height: rect.height, fit });
    }
    const wanted = new Map<string, TileSize | undefined>();
    for (const { sourceId, participantId, content } of this.#sources.values()) {
      wanted.set(sourceId, sizes.get(keyOf(participantId, content)));
    }
    this.#requests.update(wanted, this.#clock.nowMs());
  }

  #sourceOf({ participant, content }: Tile): VideoSource | undefined {
    // A screen that is switched off is shown until its tile is gone.
    const isOn = content === 'screen' || participant.isCameraOn;
    return isOn ? this.#bank.videoOf(participant.participantId, content) : undefined;
  }

  #isFrozen(source: VideoSource, { content }: Tile): boolean {
    if (content === 'screen') return false;
    const askedForMs = this.#requests.askedForMs(source.sourceId, this.#clock.nowMs());
    return this.#freezes.isFrozen(source.sourceId, source.sinceLastPictureMs(), askedForMs);
  }

  /** Copies: the decoder's memory goes with it. */
  #hold({ sourceId, participantId, content }: VideoOrigin): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, { untilMs }] of this.#held) if (nowMs >= untilMs) this.#held.delete(key);
    const source = this.#bank.videoOf(participantId, content);
    const picture = source?.sourceId === sourceId ? source.latest() : undefined;
    if (picture === undefined) return;
    const copy = { ...picture, data: picture.data.slice() };
    this.#held.set(keyOf(participantId, content), { picture: copy, untilMs: nowMs + heldPictureMs });
  }

  #heldFor({ participant, content }: Tile): I420Picture | undefined {
    if (content === 'camera' && !participant.isCameraOn) return undefined;
    const held = this.#held.get(keyOf(participant.participantId, content));
    return held !== undefined && this.#clock.nowMs() < held.untilMs ? held.picture : undefined;
  }
}

function keyOf(participantId: string, content: string): string {
  return `${content} ${participantId}`;
}
