/** Configuration section `signaling`. */
import { z } from 'zod';
import { integer, textList } from '../core/config/units.ts';

const originList = textList.refine(
  (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
  'each must be an origin such as https://stage.example.org, without a path or a trailing slash',
);

export const signalingConfigSchema = z.strictObject({
  /** Hosts and panelists connected to one webinar at a time. */
  maxPeersPerWebinar: integer({ min: 1, max: 32 }).default(12),
  /** Open stage connections from one address; offices share one, and so does everybody behind a proxy that `app.trustedProxies` does not name. */
  maxConnectionsPerIp: integer({ min: 1, max: 100_000 }).default(64),
  /** Connections of viewer pages from one address, for chat, questions, polls and hands. */
  maxAudienceConnectionsPerIp: integer({ min: 1, max: 100_000 }).default(2000),
  /** The same, of all addresses together; who finds no place watches without. */
  maxAudienceConnections: integer({ min: 1, max: 1_000_000 }).default(20_000),
  /** Origins of pages that may connect, besides pages served under the server's own host name. */
  allowedOrigins: originList.default([]),
});
export type SignalingConfig = z.output<typeof signalingConfigSchema>;
