/** The whole configuration: one section per folder, composed here; defaults stand beside their rule. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { configError, loadConfig } from '../core/config/load.ts';
import { flag, integer, textList } from '../core/config/units.ts';
import { logLevels } from '../core/logger.ts';
import { hlsConfigSchema } from '../hls/index.ts';
import { mixerConfigSchema } from '../mixer/index.ts';
import { s3ConfigSchema } from './object-store/index.ts';
import { recordingConfigSchema } from '../recording/index.ts';
import { sfuConfigSchema } from '../sfu-cascade/index.ts';
import { signalingConfigSchema } from '../signaling/index.ts';
import { isProxyRange } from './http/trusted-proxies.ts';
import { turnConfigSchema } from './processes/coturn.ts';

const proxyRanges = textList.refine(
  (ranges) => ranges.every(isProxyRange),
  'each must be an IP address or a range such as 10.0.0.0/8',
);

/** Keys of this section carry no section name in the environment: ROSTRUM_HTTP_PORT. */
const appConfigSchema = z
  .strictObject({
    /** Address the web server listens on. */
    httpHost: z.string().min(1).default('0.0.0.0'),
    /** TCP port of pages, API, HLS and signaling; 0 takes any free one. */
    httpPort: integer({ min: 0, max: 65_535 }).default(8080),
    /** Certificate in PEM, the server's own first: then everything is there encrypted too, by HTTP/2 and HTTP/1.1. A renewed one is taken up within a minute. */
    tlsCertFile: z.string().min(1).optional(),
    /** Its private key in PEM. */
    tlsKeyFile: z.string().min(1).optional(),
    /** TCP port for that; 0 takes any free one. */
    tlsPort: integer({ min: 0, max: 65_535 }).default(8443),
    /** Where links point to; the request's own host by default. Set it behind a proxy. */
    publicUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** Reverse proxies whose X-Forwarded-For, -Proto and -Host are believed; nobody's by default. */
    trustedProxies: proxyRanges.default([]),
    /** Everything durable lives below this folder. */
    dataDir: z.string().min(1).default('data'),
    /** Admin key of the HTTP API; made and printed once when absent. */
    apiKey: z.string().min(24, 'must have at least 24 characters').max(256).optional(),
    /** Lowest level that is logged: JSON lines on standard output. */
    logLevel: z.enum(logLevels).default('info'),
    /** Creates a ready-made webinar and prints its links at the start. */
    demo: flag.default(true),
    /** Webinars that may be live at once; each takes about one core for its mixer. */
    maxLiveWebinars: integer({ min: 1, max: 64 }).default(2),
    /** Viewer pages that are counted at once; more can watch, but are not in the figures. */
    maxCountedViewers: integer({ min: 1, max: 2_000_000 }).default(200_000),
    /** The same for one client address. */
    maxCountedViewersPerAddress: integer({ min: 1, max: 2_000_000 }).default(5_000),
    /** How long one opening of the viewer page of a private webinar can load media, minutes; the page gets it anew by itself. */
    playbackTokenLifetimeMinutes: integer({ min: 5, max: 1440 }).default(720),
    /** Tells everybody at `GET /api/live` which public webinars are live. */
    listPublicWebinars: flag.default(false),
    /**
     * What origin processes (`--role origin`) show to be told of the programs; the same there and here. Without one nobody is.
     */
    originKey: z
      .string()
      .min(24, 'must have at least 24 characters')
      .max(256)
      .regex(/^[\x21-\x7e]*$/, 'must be letters, digits and signs of ASCII, without spaces')
      .optional(),
    /** Of an origin process: scheme and authority of the server that packages the programs. */
    originLeaderUrl: z
      .url({ protocol: /^https?$/, abort: true })
      .refine((text) => new URL(text).href === `${new URL(text).origin}/`, 'must have no path, user or query')
      .optional(),
    /** How long an invitation link works, hours. */
    inviteLifetimeHours: integer({ min: 1, max: 8760 }).default(168),
  })
  .refine(({ tlsCertFile, tlsKeyFile }) => (tlsCertFile === undefined) === (tlsKeyFile === undefined), {
    path: ['tlsKeyFile'],
    message: 'tlsCertFile and tlsKeyFile go together',
  });

export const configSchema = z.strictObject({
  app: appConfigSchema,
  sfu: sfuConfigSchema,
  signaling: signalingConfigSchema,
  turn: turnConfigSchema,
  mixer: mixerConfigSchema,
  hls: hlsConfigSchema,
  recording: recordingConfigSchema,
  s3: s3ConfigSchema,
});

export type Config = z.output<typeof configSchema>;

/** Variables below ROSTRUM_ that set-up reads, or that name the configuration file itself. */
const reservedVariables = ['ROSTRUM_CONFIG', 'ROSTRUM_CACHE_DIR', 'ROSTRUM_MEDIASOUP_WORKER_BIN'];

/** Reads ROSTRUM_* and the optional YAML file named by ROSTRUM_CONFIG. @throws CONFIG_INVALID */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const path = env.ROSTRUM_CONFIG;
  return loadConfig(configSchema, {
    env,
    reserved: reservedVariables,
    ...(path === undefined ? {} : { yaml: readYamlFile(path) }),
  });
}

function readYamlFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw configError('CONFIG_INVALID', {
      cause,
      message: `The configuration file ROSTRUM_CONFIG=${path} cannot be read.`,
    });
  }
}
