import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { probePort } from '../../../src/core/port-probe.ts';

const ip = '127.0.0.1';

describe('probePort', () => {
  it('tells the protocol and errno that another socket takes, and nothing once it is closed, time after time', async () => {
    const server = createServer();
    server.listen(0, ip);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await probePort(ip, port)).toMatchObject({ protocol: 'tcp', cause: { code: 'EADDRINUSE' } });

    const socket = createSocket('udp4');
    socket.bind(port, ip);
    await once(socket, 'listening');
    expect(await probePort(ip, port)).toMatchObject({ protocol: 'udp', cause: { code: 'EADDRINUSE' } });

    await Promise.all([
      new Promise((resolve) => server.close(resolve)),
      new Promise<void>((done) => socket.close(done)),
    ]);
    expect([await probePort(ip, port), await probePort(ip, port)]).toEqual([undefined, undefined]);
  });

  it('tells EADDRNOTAVAIL for an address of no interface, IPv4 or IPv6', async () => {
    for (const foreign of ['192.0.2.1', '2001:db8::1'])
      expect((await probePort(foreign, 28_999))?.cause.code).toMatch(/^(EADDRNOTAVAIL|EAFNOSUPPORT)$/);
  });
});
