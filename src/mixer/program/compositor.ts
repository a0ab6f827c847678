/** Puts one program frame together: what stands still is composed once, per frame only pictures and their furniture. */
import { type Furniture } from '../furniture/furniture.ts';
import { type Tile } from '../layout/layout.ts';
import { blit, type I420Canvas, type Rect } from '../picture/i420.ts';
import { drawScaled } from '../picture/scale.ts';
import { blendSprite, type PlacedSprite } from '../picture/sprite.ts';
import { type I420Picture, isSameSize } from '../source-contract.ts';
import { type ProgramFrame } from './frame-pool.ts';

/** A tile and what its camera shows now; undefined shows the avatar. */
export interface TileView {
  readonly tile: Tile;
  readonly picture: I420Picture | undefined;
}

export class Compositor {
  readonly #furniture: Furniture;
  readonly #background: I420Canvas;
  #sceneKey = '';
  #sceneVersion = 0;
  #overlays: readonly (readonly PlacedSprite[])[] = [];

  constructor(furniture: Furniture) {
    this.#furniture = furniture;
    const slate = furniture.slate(false);
    this.#background = { ...slate, data: new Uint8Array(slate.data.length) };
  }

  /** Counts changes of everything that stands still. */
  get sceneVersion(): number {
    return this.#sceneVersion;
  }

  /**
   * Overwrites `frame` with the program of this moment.
   * @param views from the layout, without overlap.
   * @param hasBegun chooses the slate while there are no tiles: somebody was on stage before.
   */
  compose(frame: ProgramFrame, views: readonly TileView[], hasBegun: boolean): void {
    this.#updateScene(views, hasBegun);
    const { picture: canvas } = frame;
    if (frame.sceneVersion !== this.#sceneVersion) {
      canvas.data.set(this.#background.data);
      frame.sceneVersion = this.#sceneVersion;
    }
    views.forEach(({ tile, picture }, index) => {
      if (picture === undefined) return;
      drawPicture(canvas, picture, tile.rect);
      for (const { sprite, x, y } of this.#overlays[index]!) blendSprite(canvas, sprite, x, y);
    });
  }

  #updateScene(views: readonly TileView[], hasBegun: boolean): void {
    const key = sceneKeyOf(views, hasBegun);
    if (key === this.#sceneKey) return;
    this.#sceneKey = key;
    this.#sceneVersion++;
    this.#overlays = views.map(({ tile }) => this.#furniture.overlays(tile));
    const stage = views[0]?.tile.rect;
    const base = stage === undefined ? this.#furniture.slate(hasBegun) : this.#furniture.backdrop(stage);
    this.#background.data.set(base.data);
    views.forEach(({ tile, picture }, index) => {
      if (picture !== undefined) return;
      blit(this.#background, this.#furniture.avatar(tile), tile.rect.x, tile.rect.y);
      for (const { sprite, x, y } of this.#overlays[index]!) blendSprite(this.#background, sprite, x, y);
    });
  }
}

function drawPicture(canvas: I420Canvas, picture: I420Picture, rect: Rect): void {
  if (isSameSize(picture, rect)) blit(canvas, picture, rect.x, rect.y);
  else drawScaled(canvas, picture, rect);
}

function sceneKeyOf(views: readonly TileView[], hasBegun: boolean): string {
  return JSON.stringify([
    hasBegun,
    views.map(({ tile, picture }) => [
      tile.participant.participantId,
      tile.participant.displayName,
      tile.participant.isMicrophoneOn,
      tile.rect.x,
      tile.rect.y,
      tile.isSpeaking,
      tile.hiddenCount,
      picture !== undefined,
    ]),
  ]);
}
