/** A live program of the real encoder with its viewer page, and nothing else: no stage, no database. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import express from 'express';
import { createPagesRouter } from '../../src/app/http/pages.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Metrics } from '../../src/core/metrics.ts';
import {
  type CaptionRenditionSpec,
  createHlsOrigin,
  createProgram,
  hlsConfigSchema,
  type Program,
} from '../../src/hls/index.ts';
import { ladderRenditions, LiveLadder } from './live-ladder.ts';

const webinarId = 'webinar-1';
export const watchSizes = ['video-360p', 'video-180p'];

export interface WatchServer {
  readonly program: Program;
  readonly ladder: LiveLadder;
  readonly baseUrl: string;
  readonly watchUrl: string;
  readonly hlsUrl: string;
  close(): Promise<void>;
}

/** Resolves when viewers can play. */
export async function startWatchServer(captions: readonly CaptionRenditionSpec[] = []): Promise<WatchServer> {
  const common = { clock: systemClock, logger: silentLogger, metrics: new Metrics() };
  const config = hlsConfigSchema.parse({});
  const program = createProgram({
    ...{ webinarId, sessionId: 'session-1', renditions: ladderRenditions, captions, config, isQuickStart: true },
    ...common,
  });
  const origin = createHlsOrigin({ config, ...common });
  origin.addProgram(program);
  const app = express();
  app.use((request, response, next) => void origin.handle(request, response, next));
  app.get('/api/time', (_request, response) => void response.json({ wallMs: Date.now() }));
  app.get(`/api/webinars/${webinarId}/public`, (_request, response) => {
    const hlsUrl = `/hls/${webinarId}/multivariant.m3u8`;
    response.json({ webinarId, title: 'A program', state: 'live', hasJustEnded: false, hlsUrl, fallbackHlsUrl: null });
  });
  app.use(createPagesRouter());
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ladder = new LiveLadder(program);
  await ladder.begin(watchSizes);
  await program.playable;
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    program,
    ladder,
    baseUrl,
    watchUrl: `${baseUrl}/watch/${webinarId}`,
    hlsUrl: `${baseUrl}/hls/${webinarId}/multivariant.m3u8`,
    async close() {
      await ladder.stop();
      origin.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
