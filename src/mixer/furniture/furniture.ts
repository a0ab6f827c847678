/** Everything drawn on the program that is no camera picture, rendered once per change and kept while in use. */
import { type CanvasSize, tileSizesOf } from '../layout/geometry.ts';
import { type Tile, type TileKind } from '../layout/layout.ts';
import { type I420Canvas, type Rect } from '../picture/i420.ts';
import { type Sprite } from '../picture/sprite.ts';
import { drawAvatar } from './avatar.ts';
import { drawBackdrop, drawSlate } from './backdrop.ts';
import { BoundedCache } from './bounded-cache.ts';
import { drawNameLabel } from './name-label.ts';
import { tileMetrics } from './theme.ts';
import { drawTileFrame } from './tile-frame.ts';

export interface PlacedSprite {
  readonly sprite: Sprite;
  readonly x: number;
  readonly y: number;
}

/** A stage avatar is 0.8 MB, a label some 30 kB: the limits hold memory below 20 MB. */
const maxAvatars = 16;
const maxLabels = 64;

export class Furniture {
  readonly #canvas: CanvasSize;
  readonly #title: string;
  readonly #avatars = new BoundedCache<I420Canvas>(maxAvatars);
  readonly #labels = new BoundedCache<Sprite>(maxLabels);
  readonly #frames: Readonly<Record<TileKind, { readonly quiet: Sprite; readonly speaking: Sprite }>>;
  readonly #backdrops = new BoundedCache<I420Canvas>(2);
  readonly #slates: Readonly<Record<'startingSoon' | 'waitingForSpeakers', I420Canvas>>;

  /** Draws at once what any program needs, so that the first change does not cost a frame. */
  constructor(canvas: CanvasSize, title: string) {
    this.#canvas = canvas;
    this.#title = title;
    const sizes = tileSizesOf(canvas);
    const framesOf = (kind: TileKind) => ({
      quiet: drawTileFrame(kind, sizes[kind].width, sizes[kind].height, false),
      speaking: drawTileFrame(kind, sizes[kind].width, sizes[kind].height, true),
    });
    this.#frames = { stage: framesOf('stage'), thumbnail: framesOf('thumbnail') };
    this.#slates = {
      startingSoon: drawSlate(canvas, title, 'Starting soon'),
      waitingForSpeakers: drawSlate(canvas, title, 'Waiting for the speakers'),
    };
  }

  /** The whole canvas while nobody is on stage. */
  slate(hasBegun: boolean): I420Canvas {
    return hasBegun ? this.#slates.waitingForSpeakers : this.#slates.startingSoon;
  }

  /** The whole canvas behind the tiles. */
  backdrop(stage: Rect): I420Canvas {
    return this.#backdrops.get(`${stage.x},${stage.y}`, () => drawBackdrop(this.#canvas, this.#title, stage));
  }

  /** A picture of the tile's size for somebody without one. */
  avatar({ participant, kind, rect }: Tile): I420Canvas {
    const { participantId, displayName } = participant;
    return this.#avatars.get(JSON.stringify([kind, participantId, displayName]), () =>
      drawAvatar({ kind, width: rect.width, height: rect.height, participantId, displayName }),
    );
  }

  /** What lies on top of the tile's picture, in drawing order, in canvas coordinates. */
  overlays(tile: Tile): PlacedSprite[] {
    const { kind, rect, isSpeaking } = tile;
    const frame = this.#frames[kind][isSpeaking ? 'speaking' : 'quiet'];
    const label = this.#label(tile);
    const { labelInset } = tileMetrics[kind];
    return [
      { sprite: frame, x: rect.x, y: rect.y },
      { sprite: label, x: rect.x + labelInset, y: rect.y + rect.height - labelInset - label.height },
    ];
  }

  #label({ participant, kind, rect, hiddenCount }: Tile): Sprite {
    const { displayName, isMicrophoneOn } = participant;
    return this.#labels.get(JSON.stringify([kind, displayName, isMicrophoneOn, hiddenCount]), () =>
      drawNameLabel({ kind, tileWidth: rect.width, displayName, isMuted: !isMicrophoneOn, hiddenCount }),
    );
  }
}
