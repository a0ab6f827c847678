/** One namespace of the socket.io server: who may come in, how many from one address, and a connection for each. */
import { type IncomingMessage } from 'node:http';
import { type ExtendedError, type Namespace, type Socket } from 'socket.io';
import { type Clock } from '../core/clock.ts';
import { type RostrumError, toRostrumError } from '../core/errors.ts';
import { withDeadline } from '../core/lifecycle.ts';
import { type Logger } from '../core/logger.ts';
import { type ConnectionCounter } from './connection-counter.ts';
import { signalingError } from './errors.ts';
import { signalingLimits } from './limits.ts';
import { stageAuthSchema, type StageResume } from './protocol/index.ts';
import { type ClientSocket } from './request-channel.ts';

/** What stands behind one socket. */
export interface ServedConnection {
  receive(name: string, args: readonly unknown[]): void;
  /** @param isWanted the client ended it itself */
  handleDisconnect(isWanted: boolean): void;
}

export interface NamespaceOptions<Grant> {
  readonly namespace: Namespace;
  /** @throws coded errors, which the client is told */
  readonly verify: (token: string) => Promise<Grant>;
  readonly perAddress: ConnectionCounter;
  /** Of all addresses together. */
  readonly maxConnections: number;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly open: (socket: Socket, client: ClientSocket, grant: Grant, resume?: StageResume) => ServedConnection;
  readonly onRefused: (code: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is known of a socket that was let in. */
interface Admitted<Grant> {
  readonly grant: Grant;
  readonly resume: StageResume | undefined;
}

export function serveNamespace<Grant>(options: NamespaceOptions<Grant>): void {
  const { namespace, verify, perAddress, clock, logger } = options;
  let connectionCount = 0;

  const admit = async (socket: Socket): Promise<void> => {
    const auth = stageAuthSchema.safeParse(socket.handshake.auth);
    if (!auth.success) throw signalingError('SIGNALING_AUTH_MISSING');
    const verifying = verify(auth.data.token);
    const grant = await withDeadline(verifying, signalingLimits.tokenDeadlineMs, clock, 'checking a token');
    takePlace(socket);
    Object.assign(socket.data as Admitted<Grant>, { grant, resume: auth.data.resume });
  };

  /** For as long as the connection under it lasts: a socket that is refused later has no end of its own. */
  const takePlace = (socket: Socket): void => {
    const address = options.addressOf(socket.request);
    if (connectionCount >= options.maxConnections || !perAddress.take(address))
      throw signalingError('SIGNALING_CONNECTION_LIMIT');
    connectionCount++;
    socket.conn.once('close', () => {
      connectionCount--;
      perAddress.release(address);
    });
  };

  const refuse = (error: RostrumError): ExtendedError => {
    options.onRefused(error.code);
    if (error.fault === 'internal') logger.error({ code: error.code, error }, 'connection refused');
    const { code, message } = error.toReply();
    return Object.assign(new Error(code), { data: { code, message } });
  };

  namespace.use((socket, next) => {
    admit(socket).then(
      () => next(),
      (thrown: unknown) => next(refuse(toRostrumError(thrown))),
    );
  });
  namespace.on('connection', (socket) => {
    const { grant, resume } = socket.data as Admitted<Grant>;
    const connection = options.open(socket, clientSocketOf(socket, logger), grant, resume);
    socket.onAny((name: string, ...args: unknown[]) => connection.receive(name, args));
    socket.on('error', (error: Error) => logger.debug({ error }, 'socket error'));
    socket.once('disconnect', (reason) => connection.handleDisconnect(reason === 'client namespace disconnect'));
  });
}

/** Ends a socket whose network takes nothing any more, whoever sends: a broadcast passes by no connection. */
function clientSocketOf(socket: Socket, logger: Logger): ClientSocket {
  // Packets made since the transport last took any: what a slow network leaves waiting.
  let bufferedPacketCount = 0;
  socket.conn.on('packetCreate', () => {
    if (++bufferedPacketCount !== signalingLimits.maxBufferedPackets) return;
    logger.warn({}, 'slow connection removed');
    // Later, so that a broadcast ends first; without a word, which would wait in the same buffer.
    queueMicrotask(() => socket.request.socket.destroy());
  });
  socket.conn.on('flush', () => (bufferedPacketCount = 0));
  return {
    get isConnected() {
      return socket.connected;
    },
    send: (event, payload, number) =>
      number === undefined ? socket.emit(event, payload) : socket.emit(event, payload, number),
    disconnect: () => socket.disconnect(true),
  };
}
