/** Puts one program frame together: what stands still is composed once, per frame only pictures and their furniture. */
import { type Furniture } from '../furniture/furniture.ts';
import { type Tile } from '../layout/layout.ts';
import { blit, type I420Canvas } from '../picture/i420.ts';
import { partsOn } from '../picture/rect-parts.ts';
import { drawScaled } from '../picture/scale.ts';
import { blendSprite, type PlacedSprite, restoreCovered, takeCovered } from '../picture/sprite.ts';
import { type I420Picture, isSameSize } from '../source-contract.ts';
import { type ProgramFrame } from './frame-pool.ts';

/** A tile and what its camera shows now; undefined shows the avatar. */
export interface TileView {
  readonly tile: Tile;
  readonly picture: I420Picture | undefined;
}

export class Compositor {
  #furniture: Furniture;
  readonly #background: I420Canvas;
  #sceneKey = '';
  #sceneVersion = 0;
  #overlays: readonly (readonly PlacedSprite[])[] = [];
  /** What of logo and banner lies on moving pictures. */
  #movingProgramOverlays: readonly PlacedSprite[] = [];
  #slate: I420Canvas | undefined;

  constructor(furniture: Furniture) {
    this.#furniture = furniture;
    const slate = furniture.slate(false);
    this.#background = { ...slate, data: new Uint8Array(slate.data.length) };
  }

  /** Counts changes of everything that stands still. */
  get sceneVersion(): number {
    return this.#sceneVersion;
  }

  /** Another look from the next frame on. */
  dress(furniture: Furniture): void {
    if (furniture === this.#furniture) return;
    this.#furniture = furniture;
    this.#sceneKey = '';
    this.#slate = undefined;
  }

  /** Overwrites `frame` with a whole picture; the same object means the same picture. */
  showSlate(frame: ProgramFrame, slate: I420Canvas): void {
    if (slate !== this.#slate) {
      this.#slate = slate;
      this.#sceneKey = '';
      this.#sceneVersion++;
    }
    if (frame.sceneVersion === this.#sceneVersion) return;
    frame.picture.data.set(slate.data);
    frame.sceneVersion = this.#sceneVersion;
  }

  /**
   * Overwrites `frame` with the program of this moment.
   * @param views from the layout, in drawing order.
   * @param hasBegun chooses the slate while there are no tiles: somebody was on stage before.
   */
  compose(frame: ProgramFrame, views: readonly TileView[], hasBegun: boolean): void {
    this.#updateScene(views, hasBegun);
    const { picture: canvas } = frame;
    if (frame.sceneVersion !== this.#sceneVersion) {
      canvas.data.set(this.#background.data);
      frame.sceneVersion = this.#sceneVersion;
    }
    views.forEach((view, index) => {
      if (isStill(view, views)) return;
      const { tile, picture } = view;
      const shown = picture ?? this.#furniture.avatar(tile);
      if (tile.isOverlay) this.#drawOver(canvas, shown, tile);
      else drawPicture(canvas, shown, tile);
      for (const { sprite, x, y } of this.#overlays[index]!) blendSprite(canvas, sprite, x, y);
    });
    for (const { sprite, x, y } of this.#movingProgramOverlays) blendSprite(canvas, sprite, x, y);
  }

  /** Rounded, with what lies below around it. */
  #drawOver(canvas: I420Canvas, picture: I420Picture, tile: Tile): void {
    const { x, y } = tile.rect;
    const surround = this.#furniture.surround(tile);
    const below = takeCovered(canvas, surround, x, y);
    drawPicture(canvas, picture, tile);
    restoreCovered(canvas, surround, x, y, below);
  }

  #updateScene(views: readonly TileView[], hasBegun: boolean): void {
    const key = sceneKeyOf(views, hasBegun);
    if (key === this.#sceneKey) return;
    this.#sceneKey = key;
    this.#slate = undefined;
    this.#sceneVersion++;
    this.#overlays = views.map(({ tile, picture }) => {
      // Nothing may hide what is on a shared screen.
      const isBare = tile.content === 'screen' && picture !== undefined;
      return isBare ? [] : this.#furniture.overlays(tile);
    });
    const stage = views[0]?.tile.rect;
    const base = stage === undefined ? this.#furniture.slate(hasBegun) : this.#furniture.backdrop(stage);
    this.#background.data.set(base.data);
    views.forEach((view, index) => {
      if (!isStill(view, views)) return;
      const { tile } = view;
      blit(this.#background, this.#furniture.avatar(tile), tile.rect.x, tile.rect.y);
      for (const { sprite, x, y } of this.#overlays[index]!) blendSprite(this.#background, sprite, x, y);
    });
    this.#layProgramOverlays(views);
  }

  /** On what stands still they are blended once; what is drawn anew in each frame gets its part of them in each frame. */
  #layProgramOverlays(views: readonly TileView[]): void {
    // Slates have their own.
    const overlays = views.length === 0 ? [] : this.#furniture.programOverlays;
    for (const { sprite, x, y } of overlays) blendSprite(this.#background, sprite, x, y);
    const moving = views.filter((view) => !isStill(view, views)).map(({ tile }) => tile.rect);
    this.#movingProgramOverlays = overlays.flatMap((overlay) => partsOn(moving, overlay));
  }
}

/** Composed once: an avatar with nothing that moves below it, and nothing over it that needs it anew in each frame. */
function isStill({ picture }: TileView, views: readonly TileView[]): boolean {
  return picture === undefined && !views.some(({ tile }) => tile.isOverlay);
}

function drawPicture(canvas: I420Canvas, picture: I420Picture, { rect, fit }: Tile): void {
  if (isSameSize(picture, rect)) blit(canvas, picture, rect.x, rect.y);
  else drawScaled(canvas, picture, rect, fit);
}

function sceneKeyOf(views: readonly TileView[], hasBegun: boolean): string {
  return JSON.stringify([
    hasBegun,
    views.map(({ tile, picture }) => [
      tile.participant.participantId,
      tile.participant.displayName,
      tile.participant.title,
      tile.participant.isMicrophoneOn,
      tile.content,
      tile.rect,
      tile.isSpeaking,
      tile.hiddenCount,
      picture !== undefined,
    ]),
  ]);
}
