/** What each webinar's viewers are shown: keeps the host's decisions, gives them to the mixer, tells what became of them. */
import { type Clock } from '../../core/clock.ts';
import { randomId } from '../../core/ids.ts';
import { type Logger } from '../../core/logger.ts';
import { SerialQueue } from '../../core/serial-queue.ts';
import { type PicturePart } from '../../mixer/index.ts';
import {
  type LayoutChange,
  type LayoutSetting,
  type ProgramState,
  type Scene,
} from '../../signaling/protocol/index.ts';
import { appError } from '../errors.ts';
import { type ProgramSettingsStore } from '../store/program-settings-store.ts';
import { changeBranding, uploadedPictures, type BrandingChange, type NewPictures } from './branding-change.ts';
import {
  LiveProgram,
  brandingCommand,
  layoutCommand,
  sceneCommand,
  type Applied,
  type ProgramCommand,
  type ProgramNews,
  type ProgramLink,
} from './live-program.ts';
import {
  brandingSummary,
  defaultSettings,
  type BrandingImages,
  type ChangedImages,
  type ProgramSettings,
} from './settings.ts';

/** Exists while the webinar is live, somebody changes something, or somebody is pinned. */
interface Entry {
  readonly changes: SerialQueue;
  /** Ids are those of connections: they outlive neither their people nor this process. */
  pinnedIds: readonly string[];
  /** Of a live webinar, so that news do not ask the database. */
  settings: ProgramSettings | undefined;
  live: LiveProgram | undefined;
}

/** What a change comes to. */
interface Decision<Type extends ProgramNews['type']> {
  readonly answer: Type;
  readonly next: ProgramSettings;
  readonly images?: ChangedImages;
  /** For the log; says what was decided, without user content. */
  readonly decided: Readonly<Record<string, unknown>>;
  command(): Promise<ProgramCommand>;
  isAnswer(event: Applied<Type>): boolean;
}

export interface ProgramControlOptions {
  readonly store: ProgramSettingsStore;
  /** @throws WEBINAR_NOT_FOUND */
  readonly assertWebinar: (webinarId: string) => Promise<unknown>;
  readonly isOnStage: (webinarId: string, peerId: string) => boolean;
  readonly onChanged: (webinarId: string, state: ProgramState) => void;
  /** An upload as it may be kept and shown. @throws MIXER_IMAGE_INVALID, MIXER_IMAGE_TOO_LARGE, MIXER_IMAGE_BUSY */
  readonly plainPicture: (part: PicturePart, bytes: Uint8Array) => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class ProgramControl {
  readonly #options: ProgramControlOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: ProgramControlOptions) {
    this.#options = options;
  }

  /** @throws WEBINAR_NOT_FOUND */
  async state(webinarId: string): Promise<ProgramState> {
    await this.#options.assertWebinar(webinarId);
    return this.#describe(webinarId, await this.#settings(webinarId));
  }

  /**
   * A webinar goes live: gives its program what was decided before, then every change.
   * @returns the function that ends it; for the next event the scene is the stage again.
   */
  async attach(webinarId: string, link: ProgramLink): Promise<() => Promise<void>> {
    const entry = this.#entry(webinarId);
    const live = new LiveProgram(link, this.#options.clock);
    await entry.changes.run(async () => {
      const { settings, images } = await this.#stored(webinarId);
      entry.settings = settings;
      entry.live = live;
      link.send(brandingCommand(settings, images));
      link.send(layoutCommand(this.#layout(webinarId, settings), randomId()));
      link.send(sceneCommand(settings));
    });
    return () => this.#detach(webinarId, entry, live);
  }

  /** What the mixer of an attached program says. */
  handle(webinarId: string, event: ProgramNews): void {
    const entry = this.#entries.get(webinarId);
    if (entry?.live === undefined || entry.settings === undefined) return;
    if (event.type === 'brandingApplied' && event.problems.length > 0)
      this.#options.logger.warn({ webinarId, problems: event.problems }, 'parts of the branding are left out');
    entry.live.handle(event);
    if (event.type === 'layoutApplied') this.#announce(webinarId, entry.settings);
  }

  /**
   * @param by who asked, for the log.
   * @returns what viewers see from which frame on; null while the webinar is not live: kept for its start.
   * @throws WEBINAR_NOT_FOUND, PROGRAM_PARTICIPANT_UNKNOWN, PROGRAM_NOT_APPLIED
   */
  setLayout(webinarId: string, change: LayoutChange, by: string): Promise<Applied<'layoutApplied'> | null> {
    return this.#changeLayout(webinarId, change.pinnedIds ?? [], by, (setting) => ({
      layout: change.layout,
      pinnedIds: change.pinnedIds ?? setting.pinnedIds,
      crossfade: change.crossfade ?? setting.crossfade,
    }));
  }

  /** Pins a person first, or takes the pin away; as `setLayout`. */
  setPinned(
    webinarId: string,
    pin: { peerId: string; pinned: boolean },
    by: string,
  ): Promise<Applied<'layoutApplied'> | null> {
    const { peerId, pinned } = pin;
    return this.#changeLayout(webinarId, pinned ? [peerId] : [], by, (setting) => {
      const others = setting.pinnedIds.filter((id) => id !== peerId);
      return { ...setting, pinnedIds: pinned ? [peerId, ...others] : others };
    });
  }

  /** As `setLayout`. @throws WEBINAR_NOT_FOUND, PROGRAM_NOT_APPLIED */
  setScene(webinarId: string, scene: Scene, by: string): Promise<Applied<'sceneApplied'> | null> {
    return this.#change(webinarId, by, (_entry, settings) => {
      const next = { ...settings, scene };
      return {
        next,
        decided: { scene: scene.kind },
        command: async () => sceneCommand(next),
        answer: 'sceneApplied',
        isAnswer: () => true,
      };
    });
  }

  /** As `setLayout`. @throws WEBINAR_NOT_FOUND, PROGRAM_NOT_APPLIED, MIXER_IMAGE_INVALID, MIXER_IMAGE_TOO_LARGE, MIXER_IMAGE_BUSY */
  async setBranding(webinarId: string, change: BrandingChange, by: string): Promise<Applied<'brandingApplied'> | null> {
    await this.#options.assertWebinar(webinarId);
    // Before its turn: reading a picture must not hold up the host's other decisions.
    const pictures = await this.#plainPictures(change);
    return this.#change(webinarId, by, (_entry, settings) => {
      const { branding, images } = changeBranding(settings.branding, change, pictures);
      const next = { ...settings, branding };
      return {
        next,
        images,
        decided: { branding: Object.keys(change) },
        command: async () => brandingCommand(next, await this.#options.store.loadImages(webinarId)),
        answer: 'brandingApplied',
        isAnswer: () => true,
      };
    });
  }

  async #plainPictures(change: BrandingChange): Promise<NewPictures> {
    const pictures = uploadedPictures(change);
    for (const part of ['logo', 'background'] as const) {
      const uploaded = pictures[part];
      if (uploaded !== undefined) pictures[part] = await this.#options.plainPicture(part, uploaded);
    }
    return pictures;
  }

  #changeLayout(
    webinarId: string,
    mustBeOnStage: readonly string[],
    by: string,
    change: (setting: LayoutSetting) => LayoutSetting,
  ): Promise<Applied<'layoutApplied'> | null> {
    return this.#change(webinarId, by, (entry, settings) => {
      const unknownIds = mustBeOnStage.filter((peerId) => !this.#options.isOnStage(webinarId, peerId));
      if (unknownIds.length > 0) throw appError('PROGRAM_PARTICIPANT_UNKNOWN', { details: { unknownIds } });
      const setting = change(this.#layout(webinarId, settings));
      const { layout, pinnedIds, crossfade } = setting;
      const requestId = randomId();
      entry.pinnedIds = pinnedIds;
      return {
        next: { ...settings, layout: { layout, crossfade } },
        decided: { ...setting },
        command: async () => layoutCommand(setting, requestId),
        answer: 'layoutApplied',
        isAnswer: (event) => event.requestId === requestId,
      };
    });
  }

  /** One change of a webinar after the other; waiting for the mixer holds up nobody. */
  async #change<Type extends ProgramNews['type']>(
    webinarId: string,
    by: string,
    decide: (entry: Entry, settings: ProgramSettings) => Decision<Type>,
  ): Promise<Applied<Type> | null> {
    await this.#options.assertWebinar(webinarId);
    const entry = this.#entry(webinarId);
    try {
      // In an object, or the queue would wait for the mixer too.
      const { applied } = await entry.changes.run(async () => {
        const decision = decide(entry, await this.#settings(webinarId));
        const { next, images, decided } = decision;
        await this.#options.store.save(webinarId, next, images);
        this.#options.logger.info({ webinarId, by, ...decided }, 'program decided');
        if (entry.live !== undefined) entry.settings = next;
        this.#announce(webinarId, next);
        return { applied: entry.live?.apply<Type>(await decision.command(), decision) };
      });
      return (await applied) ?? null;
    } finally {
      this.#dropIfIdle(webinarId, entry);
    }
  }

  async #detach(webinarId: string, entry: Entry, live: LiveProgram): Promise<void> {
    live.end();
    const { store } = this.#options;
    await entry.changes.run(async () => {
      if (entry.live !== live) return;
      const settings: ProgramSettings = {
        ...(entry.settings ?? (await store.load(webinarId))),
        scene: { kind: 'live' },
      };
      entry.live = undefined;
      entry.settings = undefined;
      await store.save(webinarId, settings);
      this.#announce(webinarId, settings);
    });
    this.#dropIfIdle(webinarId, entry);
  }

  #announce(webinarId: string, settings: ProgramSettings): void {
    this.#options.onChanged(webinarId, this.#describe(webinarId, settings));
  }

  #describe(webinarId: string, settings: ProgramSettings): ProgramState {
    return {
      layout: this.#layout(webinarId, settings),
      scene: settings.scene,
      branding: brandingSummary(settings.branding),
      shown: this.#entries.get(webinarId)?.live?.shown ?? null,
    };
  }

  #layout(webinarId: string, { layout }: ProgramSettings): LayoutSetting {
    const pinnedIds = this.#entries.get(webinarId)?.pinnedIds ?? [];
    return { ...layout, pinnedIds: pinnedIds.filter((peerId) => this.#options.isOnStage(webinarId, peerId)) };
  }

  /** Never rejects: an event must not fail for its look. */
  async #stored(webinarId: string): Promise<{ settings: ProgramSettings; images: BrandingImages }> {
    const { store, logger } = this.#options;
    try {
      return { settings: await store.load(webinarId), images: await store.loadImages(webinarId) };
    } catch (error) {
      logger.error({ webinarId, error }, 'program settings could not be read, using defaults');
      return { settings: defaultSettings, images: { logo: undefined, background: undefined } };
    }
  }

  async #settings(webinarId: string): Promise<ProgramSettings> {
    return this.#entries.get(webinarId)?.settings ?? this.#options.store.load(webinarId);
  }

  #entry(webinarId: string): Entry {
    const entry = this.#entries.get(webinarId) ?? {
      changes: new SerialQueue(),
      pinnedIds: [],
      settings: undefined,
      live: undefined,
    };
    this.#entries.set(webinarId, entry);
    return entry;
  }

  #dropIfIdle(webinarId: string, entry: Entry): void {
    const isPinned = entry.pinnedIds.some((peerId) => this.#options.isOnStage(webinarId, peerId));
    if (entry.live === undefined && !isPinned && this.#entries.get(webinarId) === entry)
      this.#entries.delete(webinarId);
  }
}
