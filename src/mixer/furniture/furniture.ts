/** Everything drawn on the program that is no camera picture, rendered once per change and kept while in use. */
import { type SceneChoice } from '../branding.ts';
import { type CanvasSize } from '../layout/geometry.ts';
import { type Tile } from '../layout/layout.ts';
import { type I420Canvas, type Rect } from '../picture/i420.ts';
import { intersection } from '../picture/rect-parts.ts';
import { type PlacedSprite, type Sprite } from '../picture/sprite.ts';
import { drawAvatar } from './avatar.ts';
import { drawBackdrop } from './backdrop.ts';
import { placeBanner } from './banner.ts';
import { BoundedCache } from './bounded-cache.ts';
import { withClock } from './clock.ts';
import { formatCountdown } from './countdown.ts';
import { placeLogo } from './logo.ts';
import { type Look } from './look.ts';
import { drawNameLabel } from './name-label.ts';
import { drawSlate, type SlateText } from './slate.ts';
import { printable } from './text.ts';
import { tickerHeightOf } from './ticker.ts';
import { drawTileFrame } from './tile-frame.ts';
import { type TileMetrics, tileMetricsOf } from './tile-metrics.ts';

/** A large avatar is 0.8 MB (1.8 MB at 1080p), a whole canvas 1.4 MB (3.1 MB), a label some 30 kB: below 60 MB in all. */
const maxAvatars = 16;
const maxCanvases = 4;
const maxLabels = 64;
/** Transparent inside, so each holds its edge only. */
const maxFrames = 48;

/** A scene in which nobody is seen or heard. */
export type SlateScene = Exclude<SceneChoice, { kind: 'live' }>;

export class Furniture {
  readonly #canvas: CanvasSize;
  readonly #look: Look;
  readonly #avatars = new BoundedCache<I420Canvas>(maxAvatars);
  readonly #labels = new BoundedCache<Sprite>(maxLabels);
  readonly #frames = new BoundedCache<Sprite>(maxFrames);
  readonly #backdrops = new BoundedCache<I420Canvas>(maxCanvases);
  readonly #slates = new BoundedCache<I420Canvas>(maxCanvases);
  readonly #clocks = new BoundedCache<I420Canvas>(1);
  /** What lies on top of everything, in drawing order, and stands still. */
  readonly programOverlays: readonly PlacedSprite[];
  /** Lowest line that the ticker leaves free. */
  readonly #bottom: number;

  constructor(canvas: CanvasSize, look: Look) {
    this.#canvas = canvas;
    this.#look = look;
    this.#bottom = canvas.height - tickerHeightOf(canvas, look);
    this.programOverlays = [...placeLogo(canvas, look), ...placeBanner(canvas, look, this.#bottom)];
  }

  /** True when a ticker takes the bottom edge. */
  get hasTicker(): boolean {
    return this.#bottom < this.#canvas.height;
  }

  /** The whole canvas while nobody is on stage; the same picture as long as it looks the same. */
  slate(hasBegun: boolean): I420Canvas {
    return this.#slate({ message: hasBegun ? 'Waiting for the speakers' : 'Starting soon', hasClock: false });
  }

  /**
   * The whole canvas of a scene that is not live; the same picture as long as it looks the same.
   * @param secondsLeft of a countdown; whole, 0 at its end.
   */
  sceneSlate(scene: SlateScene, secondsLeft: number): I420Canvas {
    const slate = this.#slate(slateTextOf(scene, secondsLeft));
    if (scene.kind !== 'countdown') return slate;
    const time = formatCountdown(secondsLeft);
    return this.#clocks.get(JSON.stringify([scene.text, time]), () => withClock(this.#canvas, this.#look, slate, time));
  }

  /** The whole canvas behind the tiles. @param first the first tile's place. */
  backdrop(first: Rect): I420Canvas {
    const key = `${first.x},${first.y},${first.width}`;
    return this.#backdrops.get(key, () => drawBackdrop(this.#canvas, this.#look, first));
  }

  /** A picture of the tile's size for somebody without one. */
  avatar({ participant, rect }: Tile): I420Canvas {
    const { participantId, displayName } = participant;
    const { width, height } = rect;
    return this.#avatars.get(JSON.stringify([width, height, participantId, displayName]), () =>
      drawAvatar({
        theme: this.#look.theme,
        width,
        height,
        canvasHeight: this.#canvas.height,
        participantId,
        displayName,
      }),
    );
  }

  /** What lies on top of the tile's picture, in drawing order, in canvas coordinates, inside the tile. */
  overlays(tile: Tile): PlacedSprite[] {
    const { rect } = tile;
    const metrics = tileMetricsOf(rect.height, this.#canvas.height);
    const label = this.#label(tile, metrics);
    const x = rect.x + metrics.labelInset;
    return [
      { sprite: this.#frame(tile, metrics), x: rect.x, y: rect.y },
      { sprite: label, x, y: this.#labelY(rect, { x, width: label.width, height: label.height }, metrics.labelInset) },
    ];
  }

  /** What of a tile over others is cut away, so that what lies below shows around its rounded corners; colours do not matter. */
  surround({ rect }: Tile): Sprite {
    const metrics = tileMetricsOf(rect.height, this.#canvas.height);
    const { theme } = this.#look;
    return this.#frames.get(`${rect.width}x${rect.height} surround`, () =>
      drawTileFrame({ theme, rect, metrics, isSpeaking: false, part: 'surround' }),
    );
  }

  /** The lowest place inside the tile that the ticker, the banner and the logo leave free; the bottom if there is none. */
  #labelY(tile: Rect, { x, width, height }: Omit<Rect, 'y'>, inset: number): number {
    const lowest = Math.min(tile.y + tile.height, this.#bottom) - inset - height;
    let y = lowest;
    // From the lowest up, so that stepping over one cannot land on another below it.
    for (const overlay of this.programOverlays.toSorted((a, b) => b.y - a.y)) {
      const { width: overlayWidth, height: overlayHeight } = overlay.sprite;
      const place = { x: overlay.x, y: overlay.y, width: overlayWidth, height: overlayHeight };
      if (intersection({ x, y, width, height }, place) !== undefined) y = overlay.y - inset - height;
    }
    return y >= tile.y + inset ? y : lowest;
  }

  #slate(text: SlateText): I420Canvas {
    return this.#slates.get(JSON.stringify(text), () => drawSlate(this.#canvas, this.#look, text));
  }

  #frame({ rect, isSpeaking, isOverlay }: Tile, metrics: TileMetrics): Sprite {
    const { theme, background } = this.#look;
    const part = isOverlay ? 'border' : 'all';
    // Without a background picture a frame looks the same everywhere.
    const place = background === undefined ? '' : `@${rect.x},${rect.y}`;
    return this.#frames.get(`${rect.width}x${rect.height}${place} ${part} ${isSpeaking}`, () =>
      drawTileFrame({ theme, rect, metrics, isSpeaking, background, part }),
    );
  }

  #label({ participant, rect, hiddenCount }: Tile, metrics: TileMetrics): Sprite {
    const { displayName, title, isMicrophoneOn } = participant;
    const key = JSON.stringify([rect.width, rect.height, displayName, title, isMicrophoneOn, hiddenCount]);
    return this.#labels.get(key, () =>
      drawNameLabel({
        theme: this.#look.theme,
        metrics,
        tileWidth: rect.width,
        displayName,
        personTitle: title,
        isMuted: !isMicrophoneOn,
        hiddenCount,
      }),
    );
  }
}

function slateTextOf(scene: SlateScene, secondsLeft: number): SlateText {
  const { text = '' } = scene;
  switch (scene.kind) {
    case 'countdown':
      return { message: printable(text, secondsLeft > 0 ? 'Starting in' : 'Starting now'), hasClock: true };
    case 'backSoon':
      return { message: printable(text, 'Back soon'), hasClock: false };
    case 'ended':
      return { message: printable(text, 'This event has ended'), hasClock: false };
  }
}
