/** The block of every report that says where it was measured: machine and versions. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { version } from '../../src/app/version.ts';
import { round } from './percentiles.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const packageNames = ['mediasoup', 'mediasoup-client', 'hls.js', 'express', 'socket.io'] as const;

export function describeMachine(): Record<string, unknown> {
  const osName = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: round(totalmem() / 2 ** 30, 1),
    os: osName ?? 'unknown',
    kernel: release(),
  };
}

export function describeVersions(): Record<string, string> {
  return {
    rostrum: version,
    commit: commit(),
    node: process.version,
    ffmpeg: firstLine('ffmpeg', ['-version'], /^ffmpeg version (\S+)/),
    chromium: firstLine('chromium', ['--version'], /([\d.]{5,})/),
    ...Object.fromEntries(packageNames.map((name) => [name, packageVersion(name)])),
  };
}

/** With a `+` behind it when the checkout holds changes that are not in it. */
function commit(): string {
  const head = firstLine('git', ['-C', repository, 'rev-parse', '--short', 'HEAD'], /^(\S+)/);
  const changes = firstLine('git', ['-C', repository, 'status', '--porcelain', '--untracked-files=no'], /(\S+)/);
  return head === absent || changes === absent ? head : `${head}+`;
}

const absent = 'none';

function firstLine(program: string, args: readonly string[], pattern: RegExp): string {
  try {
    const output = execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    });
    return pattern.exec(output)?.[1] ?? absent;
  } catch {
    // Not installed: the bench that needs it says so itself.
    return absent;
  }
}

function packageVersion(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
