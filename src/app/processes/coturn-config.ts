/** The configuration file of coturn's turnserver: relays to the SFU and to nothing else. */

export interface CoturnConfig {
  readonly listenIp: string;
  readonly port: number;
  /** Address of a real interface: coturn refuses to relay to and from loopback. */
  readonly relayIp: string;
  /** Public address of `relayIp` behind a one-to-one NAT. */
  readonly announcedAddress?: string | undefined;
  readonly minRelayPort: number;
  readonly maxRelayPort: number;
  readonly realm: string;
  readonly secret: string;
  /** Addresses the SFU listens on; the only peers a client may reach. */
  readonly sfuAddresses: readonly string[];
  readonly pidFile: string;
  /** System user to run as once the file is read; stays with the parent's when undefined. */
  readonly runAsUser?: string | undefined;
}

/** One panelist needs two or three allocations (send, receive, an ICE restart); the rest is head room. */
const allocationsPerUserCount = 12;
const allocationsTotalCount = 1200;

/**
 * Text of the file. Peers are denied by default for both families, IPv4-mapped IPv6 included (CVE-2026-27624), and
 * the SFU allowed by name: in coturn an allowed address wins over a denied range. Pure.
 */
export function renderCoturnConfig(config: CoturnConfig): string {
  const { announcedAddress, relayIp, runAsUser } = config;
  const lines = [
    `listening-ip=${config.listenIp}`,
    `listening-port=${config.port}`,
    `relay-ip=${relayIp}`,
    ...(announcedAddress === undefined ? [] : [`external-ip=${announcedAddress}/${relayIp}`]),
    `min-port=${config.minRelayPort}`,
    `max-port=${config.maxRelayPort}`,
    `realm=${config.realm}`,
    'use-auth-secret',
    `static-auth-secret=${config.secret}`,
    'fingerprint',
    'stale-nonce=600',
    `user-quota=${allocationsPerUserCount}`,
    `total-quota=${allocationsTotalCount}`,
    'denied-peer-ip=0.0.0.0-255.255.255.255',
    'denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ...config.sfuAddresses.map((address) => `allowed-peer-ip=${address}`),
    'no-tcp-relay',
    'no-multicast-peers',
    'no-cli',
    'no-tls',
    'no-dtls',
    'no-rfc5780',
    'no-software-attribute',
    `pidfile=${config.pidFile}`,
    // Everybody is known by the secret; a file could not be opened any more once the user was changed.
    'userdb=:memory:',
    'log-file=stdout',
    'simple-log',
    ...(runAsUser === undefined ? [] : [`proc-user=${runAsUser}`, `proc-group=${runAsUser}`]),
  ];
  return `${lines.join('\n')}\n`;
}
