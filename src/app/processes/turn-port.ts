/** Tells whether the TURN port is ours to take, so that a stranger's answer is not mistaken for our server's. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** True when both UDP and TCP can be bound there now. Never rejects. */
export async function isPortFree(ip: string, port: number): Promise<boolean> {
  return (await canBindUdp(ip, port)) && (await canBindTcp(ip, port));
}

async function canBindUdp(ip: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('error', () => resolve(false));
  socket.bind({ address: ip, port, exclusive: true }, () => resolve(true));
  const isFree = await promise;
  socket.close();
  return isFree;
}

async function canBindTcp(ip: string, port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen({ host: ip, port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
