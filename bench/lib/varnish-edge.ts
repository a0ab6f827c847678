/** A Varnish in front of the server, as a CDN's edge: caches and collapses what is below /hls, passes everything else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freeTcpPort } from '../../test/support/free-port.ts';
import { assertNoneLeft, killAll, processTree } from '../../test/support/processes.ts';
import { waitFor } from '../../test/support/wait-for.ts';

export interface VarnishEdge {
  readonly baseUrl: string;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Grace is off: a live playlist that is over its time must not be served while a newer one is fetched. Requests for
 * the same URL wait for one fetch, which is what Varnish does by itself.
 */
function configuration(originPort: string): string {
  return `vcl 4.1;
backend origin { .host = "127.0.0.1"; .port = "${originPort}"; .first_byte_timeout = 30s; }
sub vcl_recv {
  if (req.url !~ "^/hls/") { return (pass); }
  unset req.http.Cookie;
  return (hash);
}
sub vcl_backend_response {
  set beresp.grace = 0s;
  set beresp.keep = 0s;
}
`;
}

/** @throws Error when Varnish is not installed or the server does not answer through it */
export async function startVarnishEdge(originUrl: string): Promise<VarnishEdge> {
  const directory = mkdtempSync(path.join(tmpdir(), 'rostrum-varnish-'));
  const file = path.join(directory, 'edge.vcl');
  writeFileSync(file, configuration(new URL(originUrl).port));
  const port = await freeTcpPort();
  const storage = ['-n', path.join(directory, 'state'), '-s', 'malloc,64m'];
  // Its own jail changes to a user who cannot read our temporary folder.
  const jail = ['-j', 'none'];
  const child = spawn('varnishd', ['-F', '-a', `127.0.0.1:${port}`, '-f', file, ...storage, ...jail], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  child.once('error', (error) => (complaint = error.message));
  const closed = once(child, 'close').catch(() => undefined);
  const close = async (): Promise<void> => {
    const pids = child.pid === undefined ? [] : processTree(child.pid).map((info) => info.pid);
    killAll(pids);
    await closed;
    await assertNoneLeft(pids);
    rmSync(directory, { recursive: true, force: true });
  };
  const baseUrl = `http://127.0.0.1:${port}`;
  try {
    await waitFor('Varnish to pass /readyz', async () => (await fetch(`${baseUrl}/readyz`)).status === 200, {
      deadlineMs: 15_000,
    });
    return { baseUrl, close };
  } catch (error) {
    await close();
    throw new Error(`${(error as Error).message}; Varnish says: ${complaint}`, { cause: error });
  }
}
