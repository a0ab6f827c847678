/**
 * One webinar on this machine: its routers, its producers, and the home router where speakers are told apart and the
 * program is fed. What should be on the home router is brought there by `#reconcile`, which may run any time again:
 * after a producer came, a mixer attached, a worker died or one came up.
 */
import { type types } from 'mediasoup';
import { type Clock, type Timer } from '../core/clock.ts';
import { toRostrumError } from '../core/errors.ts';
import { type Logger } from '../core/logger.ts';
import { SerialQueue } from '../core/serial-queue.ts';
import { sfuError } from './errors.ts';
import { sfuLimits } from './limits.ts';
import { type LayerDemand } from './layer-demand.ts';
import { type PeerConsumers } from './peer-consumers.ts';
import { type PipeLinks } from './pipe-links.ts';
import { type CascadeProducer, type ProgramReceiver } from './ports.ts';
import { ProgramFeeds, type ProgramListener } from './program-feeds.ts';
import { SpeakerObserver } from './speaker-observer.ts';
import { type PlacedRouter, type WebinarRouters } from './webinar-routers.ts';

interface Program {
  readonly receiver: ProgramReceiver;
  readonly listener: ProgramListener;
  feeds: ProgramFeeds | undefined;
}

/** The router where a webinar comes together; replaced as a whole when its worker dies. */
interface Home {
  readonly placed: PlacedRouter;
  readonly speakers: SpeakerObserver;
}

export class WebinarCascade {
  readonly webinarId: string;
  readonly routers: WebinarRouters;
  readonly consumers: PeerConsumers;
  /** What each camera is wanted for. */
  readonly demand: LayerDemand;
  readonly #pipes: PipeLinks;
  readonly #listenIp: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onSpeaker: (peerId: string | null) => void;
  readonly #producers = new Map<string, CascadeProducer>();
  readonly #work = new SerialQueue();
  #home: Home | undefined;
  #speakerPeerId: string | null = null;
  #program: Program | undefined;
  #retry: Timer | undefined;
  #isClosed = false;

  constructor(options: {
    webinarId: string;
    routers: WebinarRouters;
    consumers: PeerConsumers;
    demand: LayerDemand;
    pipes: PipeLinks;
    listenIp: string;
    clock: Clock;
    logger: Logger;
    onSpeaker: (peerId: string | null) => void;
  }) {
    this.webinarId = options.webinarId;
    this.routers = options.routers;
    this.consumers = options.consumers;
    this.demand = options.demand;
    this.#pipes = options.pipes;
    this.#listenIp = options.listenIp;
    this.#clock = options.clock;
    this.#logger = options.logger.child({ webinarId: options.webinarId });
    this.#onSpeaker = options.onSpeaker;
  }

  get homeWorkerIndex(): number | undefined {
    return this.#home?.placed.workerIndex;
  }

  get speakerPeerId(): string | null {
    return this.#speakerPeerId;
  }

  get pipeCount(): number {
    return this.#pipes.pipeCount;
  }

  isPipePaused(producerId: string): boolean {
    return this.#pipes.isPaused(producerId);
  }

  /** True when nobody is placed here, nothing is produced and no mixer is attached. */
  get isIdle(): boolean {
    return this.routers.peerCount === 0 && this.#producers.size === 0 && this.#program === undefined;
  }

  producer(producerId: string): CascadeProducer | undefined {
    return this.#producers.get(producerId);
  }

  addProducer(source: CascadeProducer): void {
    if (source.producer.closed) return;
    this.#producers.set(source.producerId, source);
    if (source.producer.type === 'simulcast')
      this.demand.add(source.producerId, (source.producer.rtpParameters.encodings?.length ?? 1) - 1);
    source.producer.observer.once('close', () => {
      this.demand.remove(source.producerId);
      this.#producers.delete(source.producerId);
      this.#home?.speakers.forget(source.producerId);
    });
    source.producer.observer.on('pause', () => this.#home?.speakers.paused(source.producerId));
    this.#reconcileSoon();
  }

  /** Brings a producer to `target` if it is not there. @throws SFU_NOT_FOUND, SFU_WORKER_LOST */
  async carryTo(source: CascadeProducer, target: types.Router): Promise<types.Producer> {
    const origin = this.routers.byId(source.routerId);
    if (origin === undefined) throw sfuError('SFU_NOT_FOUND', { details: { producerId: source.producerId } });
    return this.#pipes.carry(source.producer, origin.router, target);
  }

  /** Replaces an earlier program. Resolves when the first attempt to bring everything there is over. */
  async attachProgram(receiver: ProgramReceiver, listener: ProgramListener): Promise<Program> {
    this.#program?.feeds?.detach();
    const program: Program = { receiver, listener, feeds: undefined };
    this.#program = program;
    await this.#work.run(() => this.#reconcile());
    return program;
  }

  /** Ends sending to this program; another one that replaced it stays. */
  detachProgram(program: Program): void {
    program.feeds?.detach();
    program.feeds = undefined;
    if (this.#program === program) this.#program = undefined;
  }

  handleWorkerDied(workerIndex: number): void {
    if (this.#home?.placed.workerIndex === workerIndex) this.#loseHome();
    this.#reconcileSoon();
  }

  handleWorkerUp(): void {
    this.#reconcileSoon();
  }

  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#program?.feeds?.detach();
    this.#program = undefined;
    this.demand.close();
    this.routers.close();
  }

  #loseHome(): void {
    this.#logger.warn({}, 'home router lost, moving');
    this.#home = undefined;
    if (this.#program !== undefined) this.#program.feeds = undefined;
    this.#announceSpeaker(null);
  }

  #announceSpeaker(peerId: string | null): void {
    if (this.#speakerPeerId === peerId) return;
    this.#speakerPeerId = peerId;
    this.consumers.favour(peerId);
    this.#program?.feeds?.setSpeaker(peerId);
    this.#onSpeaker(peerId);
  }

  #reconcileSoon(): void {
    void this.#work.run(() => this.#reconcile());
  }

  /** Never rejects: what failed is tried again after a while, or sooner when something changes. */
  async #reconcile(): Promise<void> {
    if (this.#isClosed || (this.#producers.size === 0 && this.#program === undefined)) return;
    try {
      const home = await this.#ensureHome();
      await this.#ensureFeeds(home.placed.router);
      const sources = [...this.#producers.values()];
      const brought = await Promise.allSettled(sources.map((source) => this.#bring(source, home)));
      const failed = brought.filter(
        (result, index) => result.status === 'rejected' && !sources[index]!.producer.closed,
      );
      if (failed.length > 0) throw (failed[0] as PromiseRejectedResult).reason;
    } catch (thrown) {
      this.#retryLater(thrown);
    }
  }

  async #ensureHome(): Promise<Home> {
    if (this.#home !== undefined && !this.#home.placed.router.closed) return this.#home;
    const placed = await this.routers.onWorker(this.routers.choose());
    const announce = (peerId: string | null): void => {
      if (this.#home?.speakers === speakers) this.#announceSpeaker(peerId);
    };
    const speakers: SpeakerObserver = await SpeakerObserver.create(placed.router, announce, sfuLimits.maxSpeakers);
    if (placed.router.closed) throw sfuError('SFU_WORKER_LOST');
    this.#home = { placed, speakers };
    return this.#home;
  }

  async #ensureFeeds(router: types.Router): Promise<void> {
    const program = this.#program;
    if (program === undefined || (program.feeds !== undefined && !program.feeds.isClosed)) return;
    const feeds = await ProgramFeeds.connect({
      router,
      receiver: program.receiver,
      listenIp: this.#listenIp,
      listener: program.listener,
      demand: this.demand,
      clock: this.#clock,
    });
    // Detached or replaced while the worker answered.
    if (this.#program !== program) return feeds.detach();
    program.feeds = feeds;
    feeds.setSpeaker(this.#speakerPeerId);
  }

  async #bring(source: CascadeProducer, home: Home): Promise<void> {
    const feeds = this.#program?.feeds;
    const isFeedMissing = feeds !== undefined && !feeds.has(source.producerId);
    // The sound of a film that is shown does not make its presenter the speaker, nor does an interpreter's voice.
    const isVoice = source.source === 'microphone' && source.isOffFloor !== true;
    const isSpeakerMissing = isVoice && !home.speakers.has(source.producerId);
    if (!isFeedMissing && !isSpeakerMissing) return;
    await this.carryTo(source, home.placed.router);
    if (isSpeakerMissing) await home.speakers.add(source.producerId, source.peerId);
    if (isFeedMissing) await feeds.add(source);
  }

  #retryLater(thrown: unknown): void {
    if (this.#isClosed) return;
    const error = toRostrumError(thrown);
    this.#logger.warn({ code: error.code, error }, 'program router incomplete, trying again');
    this.#retry?.cancel();
    this.#retry = this.#clock.schedule(sfuLimits.reconcileRetryMs, () => this.#reconcileSoon());
  }
}
