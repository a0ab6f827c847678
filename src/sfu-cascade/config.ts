/** Configuration section `sfu` and its translation into listen addresses. */
import { z } from 'zod';
import { integer, textList } from '../core/config/units.ts';
import { interfaceAddresses, isLinkLocal, type NetworkInterfaces } from '../core/interface-address.ts';
import { sfuLimits } from './limits.ts';

const automaticListenIp = 'auto';

export const sfuConfigSchema = z.strictObject({
  /** 0 = one per core, but at least two, so that the path between workers is the normal path. */
  workerCount: integer({ min: 0, max: 128 }).default(0),
  /** Worker i listens on UDP and TCP port `basePort + i`. */
  basePort: integer({ min: 1024, max: 65_000 })
    .refine(
      (port) => port + 128 < sfuLimits.internalPortMin || port > sfuLimits.internalPortMax,
      `must leave ports ${sfuLimits.internalPortMin} to ${sfuLimits.internalPortMax} to internal transports`,
    )
    .default(28_100),
  /** Addresses to listen on: `ip` or `ip=announcedAddress`; `auto` is loopback and every real IPv4 address. */
  listenIps: textList.default([automaticListenIp]),
  /** Public address or host name told to clients for every address that is not loopback (behind NAT). */
  announcedAddress: z.string().min(1).max(253).optional(),
  /** Address for pipes between workers and for the program's RTP; must reach the mixer. */
  internalIp: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  /** The mediasoup-worker binary; mediasoup's own by default. */
  workerBin: z.string().min(1).optional(),
  /** What mediasoup's workers report; their warnings are logged at `debug`, their errors at `warn`. */
  logLevel: z.enum(['debug', 'warn', 'error', 'none']).default('error'),
});
export type SfuConfig = z.output<typeof sfuConfigSchema>;

export interface ListenAddress {
  readonly ip: string;
  readonly announcedAddress?: string;
}

/** The addresses each worker listens on; the machine's interfaces can be given for tests. */
export function listenAddresses(
  config: Pick<SfuConfig, 'listenIps' | 'announcedAddress'>,
  interfaces?: NetworkInterfaces,
): readonly ListenAddress[] {
  const entries = config.listenIps.flatMap((entry) => (entry === automaticListenIp ? machineIps(interfaces) : [entry]));
  return [...new Set(entries)].map((entry) => {
    const [ip = '', ownAnnounced] = entry.split('=', 2);
    const announced = ownAnnounced ?? (isLoopback(ip) ? undefined : config.announcedAddress);
    return { ip, ...(announced === undefined ? {} : { announcedAddress: announced }) };
  });
}

function machineIps(interfaces: NetworkInterfaces | undefined): string[] {
  return ['127.0.0.1', ...interfaceAddresses(interfaces).filter((address) => !isLinkLocal(address))];
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}
