/** How the program is dressed: look, scene and ticker. Changes wait for a frame boundary and are told with their frame. */
import { type Clock } from '../../core/clock.ts';
import { toRostrumError } from '../../core/errors.ts';
import { type MixerBranding, type SceneChoice } from '../branding.ts';
import { countdownSeconds } from '../furniture/countdown.ts';
import { Furniture, type SlateScene } from '../furniture/furniture.ts';
import { type Look, plainLook } from '../furniture/look.ts';
import { type LookProblem, prepareLook } from '../furniture/prepare-look.ts';
import { Ticker } from '../furniture/ticker.ts';
import { type I420Canvas } from '../picture/i420.ts';
import { type MixerEvent, type MixerRunOptions } from '../ports.ts';

export interface DressingOptions {
  readonly canvas: MixerRunOptions['canvas'];
  /** The webinar's own title. */
  readonly title: string;
  readonly clock: Clock;
  readonly emit: (event: MixerEvent) => void;
}

/** Which frame of the run a tick becomes. */
export interface FrameMoment {
  readonly frameIndex: number;
  readonly mediaTimeSec: number;
}

interface Wardrobe {
  readonly look: Look;
  readonly furniture: Furniture;
  readonly ticker: Ticker | undefined;
}

interface SceneChange {
  readonly scene: SceneChoice;
  readonly isCrossfaded: boolean;
}

export class Dressing {
  readonly #options: DressingOptions;
  #current: Wardrobe;
  #next: { readonly wardrobe: Wardrobe | undefined; readonly problems: readonly LookProblem[] } | undefined;
  #brandingCount = 0;
  #tickerBeganTick = 0;
  #scene: SceneChoice = { kind: 'live' };
  #nextScene: SceneChange | undefined;
  /** Tick at which the countdown is over. */
  #endTick = 0;

  constructor(options: DressingOptions) {
    this.#options = options;
    this.#current = this.#wardrobeOf(plainLook(options.title));
  }

  get furniture(): Furniture {
    return this.#current.furniture;
  }

  /** Shown once its pictures are decoded, unless another one has come meanwhile. Never rejects. */
  async setBranding(branding: MixerBranding): Promise<void> {
    const count = ++this.#brandingCount;
    const { canvas, title } = this.#options;
    try {
      const { look, problems } = await prepareLook(branding, canvas, title);
      if (count === this.#brandingCount) this.#next = { wardrobe: this.#wardrobeOf(look), problems };
    } catch (thrown) {
      const { code, message } = toRostrumError(thrown);
      const problems = [{ part: 'look', code, message }] as const;
      if (count === this.#brandingCount) this.#next = { wardrobe: undefined, problems };
    }
  }

  setScene(scene: SceneChoice, isCrossfaded: boolean): void {
    this.#nextScene = { scene, isCrossfaded };
  }

  /** Puts on what is ready; call before each frame. @returns whether to blend from the picture before. */
  advance(tickIndex: number, when: FrameMoment): boolean {
    this.#changeLook(tickIndex, when);
    return this.#changeScene(tickIndex, when);
  }

  /** The whole picture when the scene is not live; the same object as long as it looks the same. */
  slateAt(tickIndex: number): I420Canvas | undefined {
    const scene = this.#scene;
    if (scene.kind === 'live') return undefined;
    return this.#slateOf(scene, tickIndex);
  }

  /** Draws the ticker if there is one. */
  drawTicker(picture: I420Canvas, tickIndex: number): void {
    this.#current.ticker?.draw(picture, tickIndex - this.#tickerBeganTick);
  }

  #slateOf(scene: SlateScene, tickIndex: number): I420Canvas {
    const secondsLeft = countdownSeconds(this.#endTick - tickIndex, this.#options.canvas.frameRate);
    return this.furniture.sceneSlate(scene, secondsLeft);
  }

  #changeLook(tickIndex: number, { frameIndex }: FrameMoment): void {
    if (this.#next === undefined) return;
    const { wardrobe, problems } = this.#next;
    this.#next = undefined;
    if (wardrobe !== undefined) {
      // The same line goes on running where it is.
      if (wardrobe.look.ticker !== this.#current.look.ticker) this.#tickerBeganTick = tickIndex;
      this.#current = wardrobe;
    }
    this.#options.emit({ type: 'brandingApplied', frameIndex, problems });
  }

  #changeScene(tickIndex: number, { frameIndex, mediaTimeSec }: FrameMoment): boolean {
    if (this.#nextScene === undefined) return false;
    const { scene, isCrossfaded } = this.#nextScene;
    const { clock, emit, canvas } = this.#options;
    this.#nextScene = undefined;
    this.#scene = scene;
    const atWallMs = clock.wallMs();
    if (scene.kind === 'countdown') {
      this.#endTick = tickIndex + Math.round(((scene.untilWallMs - atWallMs) * canvas.frameRate) / 1000);
    }
    emit({ type: 'sceneApplied', kind: scene.kind, frameIndex, mediaTimeSec, atWallMs });
    return isCrossfaded;
  }

  #wardrobeOf(look: Look): Wardrobe {
    const { canvas } = this.#options;
    const furniture = new Furniture(canvas, look);
    return { look, furniture, ticker: furniture.hasTicker ? new Ticker(canvas, look, canvas.frameRate) : undefined };
  }
}
