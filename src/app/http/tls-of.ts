/** The encrypted listener that the configuration asks for, if it does. */
import { type HlsOrigin } from '../../hls/index.ts';
import { type Config } from '../config.ts';
import { type HttpServerOptions } from './http-server.ts';

export function tlsOf(config: Config['app'], origin: HlsOrigin): HttpServerOptions['tls'] {
  const { tlsCertFile: certFile, tlsKeyFile: keyFile, tlsPort: port } = config;
  if (certFile === undefined || keyFile === undefined) return undefined;
  return { certFile, keyFile, port, hlsStream: (...request) => void origin.handleStream(...request) };
}
