/** Everything drawn on the program that is no camera picture, rendered once per change and kept while in use. */
import { type CanvasSize } from '../layout/geometry.ts';
import { type Tile } from '../layout/layout.ts';
import { type I420Canvas, type Rect } from '../picture/i420.ts';
import { type PlacedSprite, type Sprite } from '../picture/sprite.ts';
import { drawAvatar } from './avatar.ts';
import { drawBackdrop, drawSlate } from './backdrop.ts';
import { BoundedCache } from './bounded-cache.ts';
import { drawNameLabel } from './name-label.ts';
import { type TileMetrics, tileMetricsOf } from './theme.ts';
import { drawTileFrame } from './tile-frame.ts';

/** A stage avatar is 0.8 MB, a label some 30 kB: the limits hold memory below 20 MB. */
const maxAvatars = 16;
const maxLabels = 64;
/** Transparent inside, so each holds its edge only. */
const maxFrames = 24;

export class Furniture {
  readonly #canvas: CanvasSize;
  readonly #title: string;
  readonly #avatars = new BoundedCache<I420Canvas>(maxAvatars);
  readonly #labels = new BoundedCache<Sprite>(maxLabels);
  readonly #frames = new BoundedCache<Sprite>(maxFrames);
  readonly #backdrops = new BoundedCache<I420Canvas>(2);
  readonly #slates: Readonly<Record<'startingSoon' | 'waitingForSpeakers', I420Canvas>>;

  /** Draws at once what any program needs, so that the first change does not cost a frame. */
  constructor(canvas: CanvasSize, title: string) {
    this.#canvas = canvas;
    this.#title = title;
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
  avatar({ participant, rect }: Tile): I420Canvas {
    const { participantId, displayName } = participant;
    const { width, height } = rect;
    return this.#avatars.get(JSON.stringify([width, height, participantId, displayName]), () =>
      drawAvatar({ width, height, canvasHeight: this.#canvas.height, participantId, displayName }),
    );
  }

  /** What lies on top of the tile's picture, in drawing order, in canvas coordinates. */
  overlays(tile: Tile): PlacedSprite[] {
    const { rect, isSpeaking } = tile;
    const { width, height } = rect;
    const metrics = tileMetricsOf(height, this.#canvas.height);
    const frame = this.#frames.get(`${width}x${height} ${isSpeaking}`, () =>
      drawTileFrame(width, height, metrics, isSpeaking),
    );
    const label = this.#label(tile, metrics);
    const { labelInset } = metrics;
    return [
      { sprite: frame, x: rect.x, y: rect.y },
      { sprite: label, x: rect.x + labelInset, y: rect.y + rect.height - labelInset - label.height },
    ];
  }

  #label({ participant, rect, hiddenCount }: Tile, metrics: TileMetrics): Sprite {
    const { displayName, isMicrophoneOn } = participant;
    return this.#labels.get(JSON.stringify([rect.width, rect.height, displayName, isMicrophoneOn, hiddenCount]), () =>
      drawNameLabel({ metrics, tileWidth: rect.width, displayName, isMuted: !isMicrophoneOn, hiddenCount }),
    );
  }
}
