/** The connection of rule 77 reaches servers that are named by an address. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { probeConnection } from '../../../src/hls/check/probes/connection.ts';

const addresses = Object.values(networkInterfaces()).flatMap((own) => own?.map(({ address }) => address) ?? []);

it.each(['127.0.0.1', '::1'].filter((address) => addresses.includes(address)))(
  'probeConnection connects to %s, and names no server in its greeting',
  async (address) => {
    const server = createServer();
    server.listen(0, address);
    await once(server, 'listening');
    try {
      const connected = once(server, 'connection') as Promise<[Socket]>;
      const host = address.includes(':') ? `[${address}]` : address;
      const probed = probeConnection(`https://${host}:${(server.address() as AddressInfo).port}/a.m3u8`, systemClock);
      const [socket] = await connected;
      const [hello] = (await once(socket, 'data')) as [Buffer];
      expect(hello.includes('h2')).toBe(true);
      expect(hello.includes(address)).toBe(false);
      socket.destroy();
      expect(await probed).toEqual({ protocol: undefined, tlsVersion: undefined });
    } finally {
      server.close();
    }
  },
);
