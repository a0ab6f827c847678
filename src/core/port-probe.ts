/** Tells whether an address and port can be listened on, and why not, by binding and releasing them. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

export interface PortProblem {
  readonly protocol: 'udp' | 'tcp';
  readonly cause: NodeJS.ErrnoException;
}

/** What keeps `ip:port` from being used for UDP and TCP; undefined when nothing does. Never rejects. */
export async function probePort(ip: string, port: number): Promise<PortProblem | undefined> {
  for (const [protocol, bind] of [
    ['udp', bindUdp],
    ['tcp', bindTcp],
  ] as const) {
    const cause = await bind(ip, port);
    if (cause !== undefined) return { protocol, cause };
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
