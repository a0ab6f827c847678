/** A program without FFmpeg that runs in real time, behind a real HTTP server: perfect frames, as fast as they are due. */
import { hlsConfigSchema } from '../../src/hls/index.ts';
import { OriginServer } from './hls-http.ts';
import { type HlsProgramOptions, TestProgram } from './hls-program.ts';

const stepMs = 20;

export class LiveTestProgram {
  readonly program: TestProgram;
  readonly server: OriginServer;
  readonly #frameRate: number;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: HlsProgramOptions) {
    this.program = new TestProgram(options);
    this.#frameRate = options.frameRate ?? 30;
    const { hasLadder, isQuickStart, frameRate, sessionId, clock, ...config } = options;
    void [hasLadder, isQuickStart, frameRate, sessionId, clock];
    this.server = new OriginServer(hlsConfigSchema.parse(config), this.program.clock);
    this.server.origin.addProgram(this.program.program);
  }

  /** @param historySec media that is there already when the clock starts */
  static async start(options: HlsProgramOptions, historySec: number): Promise<LiveTestProgram> {
    const live = new LiveTestProgram(options);
    await live.server.listen();
    live.program.beginRun();
    live.program.feed(historySec);
    live.resume();
    return live;
  }

  get url(): string {
    return this.server.url('/hls/webinar-1/multivariant.m3u8');
  }

  /** The encoder falls silent; time goes on. */
  stall(): void {
    clearInterval(this.#timer);
    let atMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.program.clock.advance(nowMs - atMs);
      atMs = nowMs;
    }, stepMs);
  }

  resume(): void {
    clearInterval(this.#timer);
    const startedAtMs = performance.now();
    let fedFrameCount = 0;
    this.#timer = setInterval(() => {
      const dueCount = Math.floor(((performance.now() - startedAtMs) * this.#frameRate) / 1000);
      if (dueCount > fedFrameCount) this.program.feed((dueCount - fedFrameCount) / this.#frameRate);
      fedFrameCount = Math.max(fedFrameCount, dueCount);
    }, stepMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.program.program.end();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.server.close();
  }
}
