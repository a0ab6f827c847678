import { describe, expect, it } from 'vitest';
import { interfaceAddresses } from '../../../src/core/interface-address.ts';

describe('interfaceAddresses', () => {
  const entry = (address: string, internal = false, family: 'IPv4' | 'IPv6' = 'IPv4') =>
    ({ address, internal, family, netmask: '', mac: '', cidr: null, scopeid: 0 }) as never;

  it('returns the IPv4 addresses beside loopback, link-local ones last', () => {
    const interfaces = {
      lo: [entry('127.0.0.1', true)],
      eth1: [entry('169.254.3.4')],
      eth0: [entry('fd00::1', false, 'IPv6'), entry('192.0.2.9')],
      eth2: [entry('192.0.2.8')],
    };
    expect(interfaceAddresses(interfaces)).toEqual(['192.0.2.9', '192.0.2.8', '169.254.3.4']);
  });

  it('returns nothing when there is loopback only', () => {
    expect(interfaceAddresses({ lo: [entry('127.0.0.1', true)] })).toEqual([]);
  });
});
