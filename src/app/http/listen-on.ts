/** Makes a server listen, and says in coded errors why it cannot. */
import { type Server } from 'node:net';
import { type Logger } from '../../core/logger.ts';
import { appError } from '../errors.ts';

/** Later errors of the server are logged. @throws HTTP_PORT_TAKEN, HTTP_PORT_FORBIDDEN naming address and port */
export async function listenOn(server: Server, host: string, port: number, logger: Logger): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => resolve());
  });
  server.removeAllListeners('error');
  server.on('error', (error) => logger.error({ error }, 'web server error'));
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return appError('HTTP_PORT_TAKEN', { cause: error, message: `Port ${port} is in use by another program.` });
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return appError('HTTP_PORT_FORBIDDEN', {
      cause: error,
      message: `Address ${host}:${port} cannot be used (${error.code}).`,
    });
  }
  return error;
}
