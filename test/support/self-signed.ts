/** Certificates that nobody trusts, made by openssl. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Valid for localhost and 127.0.0.1. @returns paths of both files in that folder */
export function makeCertificate(directory: string, name = 'tls', days = 2): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [path.join(directory, `${name}.crt`), path.join(directory, `${name}.key`)];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', String(days)],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', keyFile, '-out', certFile],
    ],
    { stdio: 'ignore' },
  );
  return { certFile, keyFile };
}
