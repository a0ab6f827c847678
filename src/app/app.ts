/** The composition root: builds every part, binds their ports, starts them in order and closes them in reverse. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { pause } from '../core/pause.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { Metrics } from '../core/metrics.ts';
import { createHlsOrigin, OriginFeed } from '../hls/index.ts';
import { IngestService } from '../ingest/index.ts';
import { absoluteProgram, chooseSandbox, PlainPictures, SpareMixer } from '../mixer/index.ts';
import {
  createRecorderSupervisor,
  LocalObjectStore,
  RecordingLibrary,
  type RecorderSupervisor,
} from '../recording/index.ts';
import { listenAddresses, SfuCascade } from '../sfu-cascade/index.ts';
import { createSignalingServer, linkPermissions, type SignalingServer } from '../signaling/index.ts';
import { AudienceService, type AudienceServiceOptions } from './audience/audience-service.ts';
import { AccessTokens } from './auth/access-tokens.ts';
import { openApiKey } from './auth/api-key.ts';
import { inviteGuest } from './auth/guest-invitation.ts';
import { PlaybackGate } from './auth/playback-gate.ts';
import { type Config } from './config.ts';
import { openDataDir } from './data-dir.ts';
import { dvrFolder, openDvrStores } from './dvr-stores.ts';
import { greeting } from './greeting.ts';
import { openHlsStore } from './hls-store.ts';
import { createHttpServer } from './http/create-http-server.ts';
import { type ForwardedRequest, TrustedProxies } from './http/trusted-proxies.ts';
import { webinarLinks } from './http/webinar-links.ts';
import { type Decoders, SessionStarter } from './pipeline/session-starter.ts';
import { ProgramControl } from './program/program-control.ts';
import { StageDirector } from './program/stage-director.ts';
import { ConversationMarks } from './timed-text/conversation-marks.ts';
import { TimedTextDesk } from './timed-text/timed-text-desk.ts';
import { assertFfmpeg } from './processes/ffmpeg-check.ts';
import { assertLadderFits } from './processes/ladder-check.ts';
import { createTurnServer, type TurnServer } from './processes/index.ts';
import { launchMixer, launchRecorder } from './roles/launch.ts';
import { AppStageMedia } from './stage-media.ts';
import { AttendanceStore } from './store/attendance-store.ts';
import { DatabaseConversationStore } from './store/conversation-store.ts';
import { openDatabase } from './store/database.ts';
import { ProgramSettingsStore } from './store/program-settings-store.ts';
import { RecordingIndex } from './store/recording-index.ts';
import { DatabasePolicyStore } from './store/stage-policy-store.ts';
import { WebinarStore } from './store/webinar-store.ts';
import { RecordingCatalog } from './webinars/recording-catalog.ts';
import { StageRoster } from './webinars/stage-roster.ts';
import { WebinarService } from './webinars/webinar-service.ts';
import { objectStoreDir } from './object-store-dir.ts';

/** Everything is closed within this time, or left to the system. */
const closeDeadlineMs = 45_000;
/** What viewers get to ask for the end of a program before the port closes; a round trip and a half across the world. */
const lastLookMs = 1000;

export class App extends Lifecycle {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #metrics = new Metrics();
  readonly #proxies: TrustedProxies;
  readonly #say: (text: string) => void;

  /** @param say one line for the person at the terminal, while the start takes its time. */
  constructor(config: Config, logger: Logger, say: (text: string) => void = () => undefined) {
    super({ closeDeadlineMs });
    this.#config = config;
    this.#logger = logger;
    this.#say = say;
    this.#proxies = new TrustedProxies(config.app.trustedProxies);
  }

  /** Starts everything. @returns what to tell the person at the terminal. @throws coded errors that name the fix */
  async start(): Promise<string> {
    this.advanceTo('starting');
    const config = this.#config;
    this.#metrics.collectProcessMetrics();
    const dataDir = openDataDir(config.app.dataDir);
    this.own('data folder', () => dataDir.release());
    const ffmpegVersion = await assertFfmpeg(config.mixer.ffmpegPath);
    this.#logger.info({ ffmpeg: ffmpegVersion }, 'FFmpeg found');
    const assertRoomFor = await assertLadderFits({
      config: config.mixer,
      dataDir: dataDir.path,
      ffmpegVersion,
      ...this.#common,
      say: this.#say,
    });
    const decoders = await this.#prepareDecoders();
    const database = await openDatabase(join(dataDir.path, 'rostrum.sqlite'));
    this.own('database', () => database.destroy());
    const store = new WebinarStore(database, systemClock);
    const index = new RecordingIndex(database);
    const tokens = AccessTokens.open(dataDir.path, systemClock);
    const apiKey = openApiKey({ dataDir: dataDir.path, configured: config.app.apiKey, clock: systemClock });

    const { recorder, catalog } = await this.#startRecorder(dataDir.path, index);
    const { sfu, turn } = await this.#startMedia(dataDir.path);
    const clientKeyOf = (sender: ForwardedRequest) => this.#proxies.clientAddressOf(sender);
    const gate = new PlaybackGate({ tokens, clock: systemClock, privateIds: await store.privateIds() });
    const dvrDir = dvrFolder(dataDir.path);
    // What was there of programs before is of no use without their playlists.
    await rm(dvrDir, { recursive: true, force: true });
    this.own('DVR folder', () => rm(dvrDir, { recursive: true, force: true }));
    const dvrStores = await openDvrStores(config, dataDir.path, { isWritten: true });
    this.own('DVR stores', () => dvrStores.close());
    const origin = createHlsOrigin({ config: config.hls, ...this.#common, clientKeyOf, access: gate });
    this.own('origin', () => origin.close());
    const feed = new OriginFeed();
    const push = await openHlsStore(config, { ...this.#common, say: this.#say });
    // Before the origin drops the programs, which would take them out of the store.
    this.own('HLS store', () => push?.close());
    gate.events.on('changed', () => push?.reconsider());
    const roster = new StageRoster(systemClock);
    const spareMixer = this.#startSpareMixer();

    const pictures = new PlainPictures({ ...decoders, canvas: config.mixer, ...this.#common });
    const control = new ProgramControl({
      store: new ProgramSettingsStore(database, this.#logger),
      assertWebinar: (webinarId) => store.get(webinarId),
      isOnStage: (webinarId, peerId) => roster.isOnStage(webinarId, peerId),
      onChanged: (webinarId, state) => signaling.broadcastProgram(webinarId, state),
      plainPicture: (part, bytes) => pictures.make(part, bytes),
      ...this.#common,
    });
    const timedText = new TimedTextDesk((webinarId) => store.get(webinarId));
    const sessions = new SessionStarter({
      ...{ config, sfu, origin, push, feed, gate, dvrStores, recorder, roster, index },
      ...{ control, timedText, decoders, spareMixer, ...this.#common },
    });
    const webinars = new WebinarService({
      store,
      maxLiveWebinars: config.app.maxLiveWebinars,
      assertRoomFor,
      ...this.#common,
      startSession: (webinar) => sessions.start(webinar),
      onStateChanged: (webinarId, state, channelIds) => signaling.broadcastWebinarState(webinarId, state, channelIds),
    });
    const attendance = new AttendanceStore(database);
    const audience = this.#startAudience(attendance, tokens, (webinarId, stats) =>
      signaling.tellAudience(webinarId, stats),
    );
    const policies = new DatabasePolicyStore(database, this.#logger);
    const conversations = new DatabaseConversationStore(database, this.#logger);
    const signaling = this.#createSignaling({
      ...{ sfu, turn, tokens, webinars, roster, control, timedText, policies, conversations },
    });
    const http = createHttpServer({
      config: config.app,
      hlsPublicUrl: config.hls.publicUrl?.replace(/\/$/, ''),
      hlsStoreUrl: config.hls.storeUrl?.replace(/\/$/, ''),
      ...this.#common,
      store,
      webinars,
      control,
      timedText,
      tokens,
      gate,
      catalog,
      audience,
      attendance,
      apiKey: apiKey.guard,
      permissionsOf: async (grant) => linkPermissions(await policies.load(grant.webinarId), grant),
      proxies: this.#proxies,
      origin,
      feed,
      checks: {
        sfu: () => (sfu.workerPids.some((pid) => pid !== undefined) ? undefined : 'no media worker runs'),
        recorder: () => (catalog.isRecorderReady ? undefined : 'the recorder is starting'),
      },
    });
    signaling.attach(http.server);
    this.own('http', (reason) => http.close(reason));
    await http.start();
    this.own('signaling', (reason) => signaling.close(reason));
    // First to end: viewers get the end of the program and the recording its last part while everything else still runs.
    this.own('live webinars', async () => {
      // Whoever had been answered just before asks once more: they should find the end of the program, not a closed port.
      if ((await webinars.endAll()) > 0) await pause(systemClock, lastLookMs);
    });
    this.advanceTo('running');
    const text = await this.#greeting(http, { store, tokens, turn, newApiKey: apiKey.newKey });
    // Not earlier: a start that fails has shown the key to nobody.
    apiKey.confirm();
    return text;
  }

  protected override onReleaseFailed(name: string, error: unknown): void {
    this.#logger.error({ part: name, error }, 'part did not close cleanly');
  }

  get #common() {
    return { clock: systemClock, logger: this.#logger, metrics: this.#metrics };
  }

  get #launching() {
    return { clock: systemClock, logger: this.#logger, logLevel: this.#config.app.logLevel };
  }

  /** @throws MIXER_SANDBOX_UNAVAILABLE */
  async #prepareDecoders(): Promise<Decoders> {
    const { sandbox: mode, ffmpegPath: configuredPath } = this.#config.mixer;
    const ffmpegPath = await absoluteProgram(configuredPath);
    const sandbox = await chooseSandbox({ mode, ffmpegPath, ...this.#common });
    return { ffmpegPath, sandbox };
  }

  async #startRecorder(
    dataDir: string,
    index: RecordingIndex,
  ): Promise<{ recorder: RecorderSupervisor; catalog: RecordingCatalog }> {
    const { recording } = this.#config;
    const store = await LocalObjectStore.open(objectStoreDir(this.#config, dataDir));
    const catalog = new RecordingCatalog({
      index,
      library: new RecordingLibrary({ store, dataDir, logger: this.#logger }),
      logger: this.#logger,
    });
    await catalog.reconcile();
    const recorder = createRecorderSupervisor({
      launch: () => launchRecorder({ ...this.#launching, dataDir }),
      ...this.#common,
      maxUnacknowledgedBytes: recording.maxUnacknowledgedMegabytes * 1024 * 1024,
    });
    this.own('recording catalog', catalog.follow(recorder));
    recorder.start();
    this.own('recorder', (reason) => recorder.close(reason));
    return { recorder, catalog };
  }

  async #startMedia(dataDir: string): Promise<{ sfu: SfuCascade; turn: TurnServer }> {
    const { sfu: sfuConfig, turn: turnConfig } = this.#config;
    const sfu = new SfuCascade({ config: sfuConfig, ...this.#common });
    this.own('sfu', (reason) => sfu.close(reason));
    const sfuAddresses = listenAddresses(sfuConfig)
      .map(({ ip }) => ip)
      .filter((ip) => !ip.startsWith('127.'));
    const turn = createTurnServer({ config: turnConfig, sfuAddresses, dataDir, ...this.#common });
    this.own('turn', (reason) => turn.close(reason));
    await Promise.all([sfu.start(), turn.start()]);
    return { sfu, turn };
  }

  #createSignaling(parts: {
    sfu: SfuCascade;
    turn: TurnServer;
    tokens: AccessTokens;
    webinars: WebinarService;
    roster: StageRoster;
    control: ProgramControl;
    timedText: TimedTextDesk;
    policies: DatabasePolicyStore;
    conversations: DatabaseConversationStore;
  }): SignalingServer {
    const { sfu, turn, tokens, webinars, roster, control, timedText, policies, conversations } = parts;
    const ingest = new IngestService({ routers: sfu, ...this.#common });
    this.own('ingest', (reason) => ingest.close(reason));
    const media = new AppStageMedia({ ingest, sfu, isInterpreter: (peer) => roster.isInterpreter(peer) });
    const signaling = createSignalingServer({
      ...this.#common,
      tokens,
      media,
      directory: {
        describe: (webinarId) => webinars.describe(webinarId),
        setLive: (webinarId, live) => webinars.setLive(webinarId, live),
      },
      program: new StageDirector(control),
      policies,
      captions: timedText,
      iceServers: turn,
      listener: roster,
      conversations,
      conversationListener: new ConversationMarks({ desk: timedText, logger: this.#logger }),
      inviter: { inviteToStage: (person) => inviteGuest(tokens, person) },
      config: this.#config.signaling,
      clientAddressOf: (request) => this.#proxies.clientAddressOf(request),
    });
    this.own('stage notices', media.forwardNotices(signaling));
    return signaling;
  }

  #startAudience(
    store: AttendanceStore,
    tokens: AccessTokens,
    onStats: AudienceServiceOptions['onStats'],
  ): AudienceService {
    const { maxCountedViewers: maxViewers, maxCountedViewersPerAddress: maxViewersPerAddress } = this.#config.app;
    const limits = { maxViewers, maxViewersPerAddress };
    const audience = new AudienceService({ limits, tokens, store, onStats, ...this.#common });
    this.own('audience', (reason) => audience.close(reason));
    audience.start();
    return audience;
  }

  #startSpareMixer(): SpareMixer {
    const spareMixer = new SpareMixer({ launch: () => launchMixer(this.#launching), ...this.#common });
    this.own('spare mixer', (reason) => spareMixer.close(reason));
    spareMixer.start();
    return spareMixer;
  }

  async #greeting(
    { port, tlsPort }: { port: number; tlsPort: number | undefined },
    parts: { store: WebinarStore; tokens: AccessTokens; turn: TurnServer; newApiKey: string | undefined },
  ): Promise<string> {
    const { demo: hasDemo, publicUrl, inviteLifetimeHours } = this.#config.app;
    const baseUrl = publicUrl?.replace(/\/$/, '') ?? `http://localhost:${port}`;
    const demo = hasDemo
      ? ((await parts.store.findDemo()) ?? (await parts.store.create({ title: 'Demo webinar', isDemo: true })))
      : undefined;
    const links =
      demo === undefined
        ? undefined
        : await webinarLinks(parts.tokens, {
            webinarId: demo.webinar_id,
            visibility: demo.visibility,
            baseUrl,
            lifetimeHours: inviteLifetimeHours,
          });
    return greeting({
      baseUrl,
      demo: demo === undefined || links === undefined ? undefined : { title: demo.title, ...links },
      newApiKey: parts.newApiKey,
      isTurnReady: parts.turn.isReady,
      tlsPort,
    });
  }
}
