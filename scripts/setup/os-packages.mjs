/** Debian packages: which are missing for a purpose, and their installation where that is allowed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { hasCommand } from './machine.mjs';
import { SetupError, step, warn } from './report.mjs';
import { runCommand } from './run-command.mjs';

/** Where Debian and others put a file of the Noto fonts. */
const notoFiles = (name) =>
  ['truetype/noto', 'opentype/noto', 'noto', 'noto-cjk'].map((folder) => `/usr/share/fonts/${folder}/${name}`);

/** `commands`, `files`: any of them on PATH or on disk proves the tool; `without`: what does not work when it is missing. */
const tools = [
  {
    package: 'ffmpeg',
    commands: ['ffmpeg'],
    isRequired: true,
    for: ['start', 'test'],
    without: 'Nothing can be mixed.',
  },
  {
    package: 'bubblewrap',
    commands: ['bwrap'],
    for: ['start', 'test'],
    without: 'Decoders run in a weaker sandbox.',
  },
  { package: 'coturn', commands: ['turnserver'], for: ['start', 'test'], without: 'TURN is off.' },
  {
    package: 'fonts-noto-core',
    files: notoFiles('NotoSans-Regular.ttf'),
    for: ['start', 'test', 'check'],
    without: 'Names in some scripts show as boxes.',
  },
  {
    package: 'fonts-noto-cjk',
    files: notoFiles('NotoSansCJK-Regular.ttc'),
    for: ['start', 'test', 'check'],
    without: 'Names in Chinese, Japanese and Korean show as boxes.',
  },
  {
    package: 'fonts-noto-color-emoji',
    files: notoFiles('NotoColorEmoji.ttf'),
    for: ['start', 'test', 'check'],
    without: 'Emoji in names show as boxes.',
  },
  {
    package: 'chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    for: ['test'],
    without: 'Browser tests fail.',
  },
  { package: 'redis-server', commands: ['redis-server'], for: ['test'], without: 'Redis tests fail.' },
  { package: 'varnish', commands: ['varnishd'], for: ['test'], without: 'Edge tests fail.' },
  { package: 'iproute2', commands: ['ip'], for: ['test'], without: 'Network fault tests fail.' },
];

/** What building the mediasoup worker takes. */
export const workerBuildPackages = [
  ...['build-essential', 'meson', 'ninja-build', 'pkg-config', 'python3', 'flatbuffers-compiler'],
  ...['libssl-dev', 'libuv1-dev', 'libsrtp2-dev', 'libabsl-dev', 'libflatbuffers-dev'],
];

/** Packages whose Debian scripts start a system service; Rostrum runs its own instances, on the same ports. */
const servicePackages = ['coturn', 'redis-server', 'varnish'];

/**
 * @param {'start'|'test'|'check'} purpose
 * @param {{hasCommand: (name: string) => boolean, hasFile: (path: string) => boolean}} probe
 * @returns tools of that purpose that the machine lacks
 */
export function missingTools(purpose, probe = { hasCommand, hasFile: existsSync }) {
  return tools.filter(
    (tool) =>
      tool.for.includes(purpose) &&
      !(tool.commands ?? []).some((name) => probe.hasCommand(name)) &&
      !(tool.files ?? []).some((file) => probe.hasFile(file)),
  );
}

/** Installs them as root. Where that cannot be: stops with the one command to run, or warns if none of them is required. */
export async function installMissingPackages(missing) {
  const isAnyRequired = missing.some((tool) => tool.isRequired);
  try {
    await install(missing.map((tool) => tool.package));
  } catch (error) {
    if (isAnyRequired || !(error instanceof SetupError)) throw error;
    warn(error.message);
    warnWithout(missing, error.fix);
  }
}

/** Says what does not work without them, and what changes that. */
export function warnWithout(missing, fix = notInstallable(missing.map((tool) => tool.package)).fix) {
  for (const tool of missing) warn(tool.without);
  if (missing.length > 0) warn(`To change that: ${fix}`);
}

/** Makes sure of the packages named, which are all required. */
export async function requirePackages(packages) {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length > 0) await install(missing);
}

async function install(packages) {
  if (!canInstall()) throw notInstallable(packages);
  await step(async () => {
    await aptInstall(packages);
    return `Debian packages: ${packages.join(' ')}`;
  });
}

function notInstallable(packages) {
  if (hasCommand('apt-get'))
    return new SetupError(`Missing Debian packages: ${packages.join(' ')}`, installCommand(packages));
  return new SetupError(
    `Missing software (named as Debian packages): ${packages.join(' ')}`,
    'This system has no apt-get: install the equivalents with its own package manager and start again.',
  );
}

function installCommand(packages) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

function canInstall() {
  return hasCommand('apt-get') && process.getuid?.() === 0;
}

function isInstalled(name) {
  const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
  return query.status === 0 && query.stdout === 'installed';
}

/**
 * True when an installation was cut short, by Ctrl+C for one: apt-get then refuses everything until dpkg has finished it.
 * What apt itself looks at: journal entries, named by number, that dpkg has not merged into its status file.
 */
export function dpkgWasInterrupted(journal = '/var/lib/dpkg/updates') {
  return existsSync(journal) && readdirSync(journal).some((name) => /^\d+$/.test(name));
}

let isIndexFresh = false;

async function aptInstall(packages) {
  const options = {
    what: 'Installing Debian packages',
    fix: `Run it yourself to see more: ${installCommand(packages)}`,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  if (dpkgWasInterrupted())
    await runCommand('dpkg', ['--force-confdef', '--force-confold', '--configure', '-a'], options);
  if (!isIndexFresh) await runCommand('apt-get', ['update', '-q'], options);
  isIndexFresh = true;
  const lock = ['-o', 'DPkg::Lock::Timeout=120'];
  await runCommand('apt-get', [...lock, 'install', '-y', '-q', '--no-install-recommends', ...packages], options);
  stopServices(packages.filter((name) => servicePackages.includes(name)));
}

/** Only services that came with this very installation, so nothing the operator runs is touched. */
function stopServices(names) {
  if (!existsSync('/run/systemd/system')) return;
  for (const name of names) {
    const result = spawnSync('systemctl', ['disable', '--now', name], { encoding: 'utf8' });
    if (result.status !== 0) warn(`The system service ${name} could not be disabled: ${result.stderr.trim()}`);
  }
}
