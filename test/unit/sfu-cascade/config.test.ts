import { describe, expect, it } from 'vitest';
import { listenAddresses, sfuConfigSchema } from '../../../src/sfu-cascade/index.ts';

const address = (ip: string, internal = false) =>
  ({ address: ip, family: 'IPv4', internal, netmask: '', mac: '', cidr: null }) as const;
const interfaces = { lo: [address('127.0.0.1', true)], eth0: [address('192.0.2.2')], ll: [address('169.254.1.1')] };

describe('listenAddresses', () => {
  it('of auto gives loopback and every real IPv4 address, announced address only on the latter', () => {
    const config = { listenIps: ['auto'], announcedAddress: 'stage.example.org' };
    expect(listenAddresses(config, interfaces)).toEqual([
      { ip: '127.0.0.1' },
      { ip: '192.0.2.2', announcedAddress: 'stage.example.org' },
    ]);
  });

  it('of a list keeps the order, drops repetitions, takes an own announced address', () => {
    const config = { listenIps: ['10.0.0.5=203.0.113.7', '127.0.0.1', '127.0.0.1'], announcedAddress: undefined };
    const { announcedAddress: _none, ...withoutAnnounced } = config;
    expect(listenAddresses(withoutAnnounced, interfaces)).toEqual([
      { ip: '10.0.0.5', announcedAddress: '203.0.113.7' },
      { ip: '127.0.0.1' },
    ]);
  });
});

describe('sfuConfigSchema', () => {
  it('of nothing gives defaults, of text as the environment brings it gives numbers and lists', () => {
    expect(sfuConfigSchema.parse({})).toMatchObject({ workerCount: 0, basePort: 28_100, listenIps: ['auto'] });
    const parsed = sfuConfigSchema.parse({ workerCount: '4', basePort: '30000', listenIps: '127.0.0.1, 192.0.2.2' });
    expect(parsed).toMatchObject({ workerCount: 4, basePort: 30_000, listenIps: ['127.0.0.1', '192.0.2.2'] });
  });

  it('refuses ports of internal transports, unknown keys and bad addresses', () => {
    for (const bad of [{ basePort: 20_500 }, { basePort: 19_950 }, { workers: 2 }, { internalIp: 'localhost' }])
      expect(sfuConfigSchema.safeParse(bad).success).toBe(false);
  });
});
