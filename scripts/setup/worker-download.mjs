/** mediasoup's own prebuilt worker, where the internet is reachable; gives up within seconds where it is not. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const connectDeadlineMs = 4000;
const downloadDeadlineMs = 60_000;

/**
 * @param {string} output file to write
 * @returns {Promise<string|undefined>} undefined when it was written, else why not in a few words
 */
export async function downloadWorker(root, output) {
  const url = prebuiltUrl(JSON.parse(readFileSync(path.join(root, 'node_modules/mediasoup/package.json'), 'utf8')));
  const directory = mkdtempSync(path.join(os.tmpdir(), 'rostrum-worker-'));
  try {
    const archive = path.join(directory, 'worker.tgz');
    writeFileSync(archive, await fetchBytes(url));
    const unpacked = spawnSync('tar', ['-xzf', archive, '-C', directory], { encoding: 'utf8' });
    if (unpacked.status !== 0) return 'its archive cannot be unpacked';
    chmodSync(path.join(directory, 'mediasoup-worker'), 0o755);
    copyFileSync(path.join(directory, 'mediasoup-worker'), output);
    return undefined;
  } catch (error) {
    return error.cause?.code ?? error.code ?? error.message;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The name mediasoup publishes it under (its npm-scripts.mjs, getWorkerPrebuildTarName). Pure but for the machine's names. */
export function prebuiltUrl(manifest, machine = { platform: os.platform(), arch: os.arch(), release: os.release() }) {
  const repository = manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
  const base = process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL ?? `${repository}/releases/download`;
  const kernel = machine.platform === 'linux' ? `-kernel${machine.release.split('.')[0]}` : '';
  const name = `mediasoup-worker-${manifest.version}-${machine.platform}-${machine.arch}${kernel}.tgz`;
  return `${base}/${manifest.version}/${name}`;
}

async function fetchBytes(url) {
  const abort = new AbortController();
  const connectTimer = setTimeout(() => abort.abort(new Error('no answer')), connectDeadlineMs);
  const totalTimer = setTimeout(() => abort.abort(new Error('too slow')), downloadDeadlineMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    clearTimeout(connectTimer);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } finally {
    clearTimeout(connectTimer);
    clearTimeout(totalTimer);
  }
}
