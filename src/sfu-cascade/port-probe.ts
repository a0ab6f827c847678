/** Says why a media port could not be bound, by errno: mediasoup reports it only as text. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { type RostrumError } from '../core/errors.ts';
import { sfuError } from './errors.ts';

/** The coded reason why `ip:port` cannot be used for UDP and TCP; undefined when it can. Binds and releases both. */
export async function probePort(ip: string, port: number): Promise<RostrumError | undefined> {
  for (const [protocol, bind] of [
    ['udp', bindUdp],
    ['tcp', bindTcp],
  ] as const) {
    const cause = await bind(ip, port);
    const errno = (cause as NodeJS.ErrnoException | undefined)?.code;
    const details = { key: 'sfu.basePort', ip, port, protocol };
    if (errno === 'EADDRINUSE')
      return sfuError('SFU_PORT_TAKEN', { message: `${protocol} port ${port} on ${ip} is in use.`, details, cause });
    if (cause !== undefined)
      return sfuError('SFU_LISTEN_IP_UNUSABLE', {
        message: `Cannot listen on ${ip} port ${port} (${errno ?? 'unknown'}).`,
        details: { ...details, key: 'sfu.listenIps' },
        cause,
      });
  }
  return undefined;
}

function bindUdp(ip: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: ip.includes(':') ? 'udp6' : 'udp4' });
    socket.once('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind({ port, address: ip, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}

function bindTcp(ip: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ port, host: ip, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
