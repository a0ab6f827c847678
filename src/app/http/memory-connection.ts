/** A connection to a server of this process that never leaves memory: what one end writes the other reads. */
import { type Server } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';

/** Whom the connection stands for. */
export interface MemoryPeer {
  readonly remoteAddress?: string | undefined;
  readonly encrypted: boolean;
}

/** @returns the client's end; the server sees the other as it would see that peer's socket */
export function connectInMemory(server: Server, peer: MemoryPeer): Duplex {
  const [clientEnd, serverEnd] = duplexPair();
  // One end that is destroyed tells the other only of an end, which a half-open peer may wait behind for ever.
  clientEnd.once('close', () => serverEnd.destroy());
  serverEnd.once('close', () => clientEnd.destroy());
  server.emit('connection', Object.assign(serverEnd, { ...peer }));
  return clientEnd;
}
