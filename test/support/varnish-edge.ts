/** A Varnish in front of an origin, with the configuration that is deployed (deploy/edge), on a free port and in a temporary folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freeTcpPort } from './free-port.ts';
import { assertNoneLeft, killAll, processTree } from './processes.ts';
import { waitFor } from './wait-for.ts';

export interface VarnishEdge {
  readonly baseUrl: string;
  readonly port: number;
  /** The managing process; the one that works is its child. */
  readonly pid: number;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface VarnishEdgeOptions {
  /** Also passes on what is not below /hls/, so that a browser can open its page through the same address. */
  readonly passesRest?: boolean;
  /** Of one that was closed, to start it again; a free one by default. */
  readonly port?: number;
}

const edgeFolder = new URL('../../deploy/edge/', import.meta.url);
const hlsVclPath = fileURLToPath(new URL('hls.vcl', edgeFolder));
/** Run-time parameters of the unit that is deployed. */
const deployedParameters = [
  ...readFileSync(new URL('rostrum-edge.service', edgeFolder), 'utf8').matchAll(/ -p (\w+=\d+)/g),
].map((match) => match[1]!);

function configuration(originPorts: readonly string[], { passesRest = false }: VarnishEdgeOptions): string {
  return `vcl 4.1;
${backends(originPorts)}
${passesRest ? 'sub vcl_recv { if (req.url !~ "^/hls/") { return (pass); } }' : ''}
include "${hlsVclPath}";
`;
}

function backends(originPorts: readonly string[]): string {
  const [only, ...others] = originPorts;
  if (others.length === 0)
    return `backend origin { .host = "127.0.0.1"; .port = "${only}"; .first_byte_timeout = 10s; }`;
  let index = 0;
  return readFileSync(new URL('origins.vcl', edgeFolder), 'utf8').replace(
    /\.port = "\d+"/g,
    () => `.port = "${originPorts[index++]}"`,
  );
}

/**
 * @param originUrl or two of them, as deploy/edge/origins.vcl has them
 * @throws Error when Varnish is not installed or does not start
 */
export async function startVarnishEdge(
  originUrl: string | readonly [string, string],
  options: VarnishEdgeOptions = {},
): Promise<VarnishEdge> {
  const directory = mkdtempSync(path.join(tmpdir(), 'rostrum-varnish-'));
  const file = path.join(directory, 'edge.vcl');
  const originPorts = [originUrl].flat().map((url) => new URL(url).port);
  writeFileSync(file, configuration(originPorts, options));
  const port = options.port ?? (await freeTcpPort());
  const storage = ['-n', path.join(directory, 'state'), '-s', 'malloc,64m', '-s', 'Transient=malloc,32m'];
  // Its own jail changes to a user who cannot read our temporary folder.
  const jail = ['-j', 'none'];
  const parameters = deployedParameters.flatMap((parameter) => ['-p', parameter]);
  const child = spawn('varnishd', ['-F', '-a', `127.0.0.1:${port}`, '-f', file, ...storage, ...jail, ...parameters], {
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
    // Any answer, the edge's own 404 as well as that of what is behind it.
    await waitFor('Varnish to answer', async () => (await fetch(`${baseUrl}/`)).status > 0, { deadlineMs: 15_000 });
    return { baseUrl, port, pid: child.pid ?? -1, close };
  } catch (error) {
    await close();
    throw new Error(`${(error as Error).message}; Varnish says: ${complaint}`, { cause: error });
  }
}
