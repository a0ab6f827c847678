/** Configuration of the TURN server (section `turn`, environment ROSTRUM_TURN_*). */
import { z } from 'zod';
import { flag, integer } from '../../core/config/units.ts';

/** Values go into coturn's configuration file line by line, so nothing that could end a line or start a comment. */
const plainText = /^[A-Za-z0-9._+/=-]+$/;

export const turnConfigSchema = z
  .strictObject({
    /** Off: panelists behind strict firewalls cannot join, everybody else can. */
    enabled: flag.default(true),
    /** Address to listen on; the first address of a real interface by default. */
    listenIp: z.ipv4().optional(),
    /** Address that clients are told, when a one-to-one NAT stands in front of listenIp. */
    announcedAddress: z.ipv4().optional(),
    /** Port for clients, UDP and TCP. */
    port: integer({ min: 1, max: 65_535 }).default(3478),
    /** First UDP port for relayed media; every allocation takes one. */
    minRelayPort: integer({ min: 1024, max: 65_535 }).default(49_160),
    /** Last UDP port for relayed media. */
    maxRelayPort: integer({ min: 1024, max: 65_535 }).default(49_359),
    /** Shared with another TURN server of yours; a random one per start by default. */
    secret: z.string().min(16).max(256).regex(plainText, 'may hold letters, digits and ._+/=- only').optional(),
    /** Name of the server's authentication domain; no person sees it. */
    realm: z.string().min(1).max(127).regex(plainText, 'may hold letters, digits and ._+/=- only').default('rostrum'),
  })
  .refine((config) => config.minRelayPort <= config.maxRelayPort, {
    path: ['maxRelayPort'],
    message: 'must not be below minRelayPort',
  });

export type TurnConfig = z.output<typeof turnConfigSchema>;
