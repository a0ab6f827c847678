/** The process under load: the web server and the origin as the product runs them, with a program that is packaged live. */
import { generateKeyPairSync } from 'node:crypto';
import { AccessTokens } from '../../../src/app/auth/access-tokens.ts';
import { PlaybackGate } from '../../../src/app/auth/playback-gate.ts';
import { createHlsOrigin, createProgram, hlsConfigSchema } from '../../../src/hls/index.ts';
import { HttpServer } from '../../../src/app/http/http-server.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { clipRenditions, encodeClip, playClip } from './looped-clip.ts';
import {
  type IssuedTokens,
  type IssueTokens,
  machineMs,
  type OriginReady,
  type OriginSample,
  partNumber,
} from './messages.ts';

/** Load and origin share one address here; per-client limits are not what is measured. */
const maxHeldRequests = 1_000_000;
const webinarId = 'bench';
const tokenLifetimeSec = 43_200;

const common = { clock: systemClock, logger: silentLogger, metrics: new Metrics() };
const config = hlsConfigSchema.parse({ maxHeldRequests, maxHeldRequestsPerClient: maxHeldRequests });
const tokens = new AccessTokens(generateKeyPairSync('ed25519').privateKey, systemClock);
const gate = new PlaybackGate({ tokens, clock: systemClock, privateIds: [] });
const origin = createHlsOrigin({ config, ...common, access: gate });
let requestCount = 0;
const server = new HttpServer({
  host: '127.0.0.1',
  port: 0,
  ...common,
  hls: (request, response) => {
    requestCount++;
    void origin.handle(request, response);
  },
  handlers: [],
});
const program = createProgram({
  webinarId,
  sessionId: 'session',
  renditions: clipRenditions,
  config,
  isQuickStart: true,
  ...common,
});
const published: number[] = [];
let newest = -1;
program.events.on('changed', () => {
  const window = program.window(clipRenditions[0]!.renditionId)!;
  const last = window.open ?? window.segments.at(-1);
  if (last === undefined) return;
  const number = partNumber(last.mediaSequenceNumber, last.parts.length - 1);
  if (number <= newest) return;
  newest = number;
  published.push(number, machineMs());
});

const clip = await encodeClip(program.nextRunStartSec(), program.timing.segmentSec / 2);
await server.start();
origin.addProgram(program);
const feeding = playClip(program, clip);
await program.playable;
const { partsPerSegment, segmentSec } = program.timing;
const ready: OriginReady = {
  type: 'ready',
  port: server.port,
  partDurationSec: segmentSec / partsPerSegment,
};
process.send!(ready);

async function issueTokens(count: number): Promise<void> {
  gate.setVisibility(webinarId, 'private');
  const issuing = Array.from({ length: count }, () =>
    tokens.issuePlayback({ webinarId, lifetimeSec: tokenLifetimeSec }),
  );
  process.send!({ type: 'tokens', tokens: await Promise.all(issuing) } satisfies IssuedTokens);
}

process.on('message', (message: 'sample' | IssueTokens) => {
  if (message !== 'sample') return void issueTokens(message.count);
  globalThis.gc!();
  const { heapUsed, external, rss } = process.memoryUsage();
  const sample: OriginSample = {
    type: 'sample',
    atMs: machineMs(),
    requestCount,
    heldCount: origin.heldRequestCount,
    heapBytes: heapUsed + external,
    residentBytes: rss,
    published: published.splice(0),
  };
  process.send!(sample);
});
process.once('disconnect', () => {
  feeding.cancel();
  origin.close();
  void server.close('bench over').finally(() => process.exit(0));
});
