/** Ports that are free now, for servers that have to be told one. */
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';

export async function freeTcpPort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: 0 }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function freeUdpPort(host = '127.0.0.1'): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: host, port: 0 }, resolve);
  });
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** Below those of the SFU's internal transports (20000 on, and room for 128 workers before them) and those that Linux gives to outgoing connections (32768 on). */
const firstChosenPort = 10_000;
const afterChosenPorts = 19_800;

/** Test files that run side by side choose among ports of their own; the last share is for what vitest did not start. */
const shareCount = 4;
const sharePortCount = Math.floor((afterChosenPorts - firstChosenPort) / shareCount);
const firstSharePort =
  firstChosenPort + sharePortCount * ((Number(process.env['VITEST_POOL_ID'] ?? 0) + 3) % shareCount);
let nextOffset = Math.floor(Math.random() * sharePortCount);

/**
 * The first of `count` ports in a row that are free for UDP and for TCP, no two calls the same. Not among those that
 * the system gives to connections of its own accord: one of those can be taken, or still be waiting for its end, by
 * the time it is used.
 */
export async function freePortRange(count: number, host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (nextOffset + count > sharePortCount) nextOffset = 0;
    const base = firstSharePort + nextOffset;
    nextOffset += count;
    const ports = Array.from({ length: count }, (_, index) => base + index);
    const areFree = await Promise.all(
      ports.map(async (port) => (await isTcpFree(port, host)) && isUdpFree(port, host)),
    );
    if (areFree.every(Boolean)) return base;
  }
  throw new Error(`No ${count} free ports in a row.`);
}

async function isTcpFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host, port }, () => resolve(true));
  });
  if (isFree) await new Promise((resolve) => server.close(resolve));
  return isFree;
}

async function isUdpFree(port: number, host: string): Promise<boolean> {
  const socket = createSocket('udp4');
  const isFree = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ address: host, port }, () => resolve(true));
  });
  socket.close();
  return isFree;
}
