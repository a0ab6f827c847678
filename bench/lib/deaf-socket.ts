/** A UDP port that nobody reads: what is sent there costs the sender alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface DeafSocket {
  readonly port: number;
  /** Idempotent. */
  close(): void;
}

const script = `
  const socket = require('node:dgram').createSocket('udp4');
  socket.bind(0, '127.0.0.1', () => process.stdout.write(String(socket.address().port)));
`;

/** Held by a process that is stopped before anything comes; the kernel drops what does not fit into its buffer. */
export async function openDeafSocket(): Promise<DeafSocket> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  return { port: Number(port.toString()), close: () => void child.kill('SIGKILL') };
}
