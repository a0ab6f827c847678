/** How a decoder is shut in: command lines around FFmpeg, from everything Debian offers down to nothing. Pure. */
import path from 'node:path';

/**
 * - `isolated`: no network, nothing of the file system but the programs and libraries (read-only), no privileges, no new
 *   processes, only the system calls of sandbox-seccomp.ts; limits.
 * - `confined`: no network, no privileges; limits.
 * - `limited`: limits on memory, descriptors and files only.
 * - `none`: as the mixer itself.
 */
export const sandboxLevels = ['none', 'limited', 'confined', 'isolated'] as const;
export type SandboxLevel = (typeof sandboxLevels)[number];

export interface Sandbox {
  readonly level: SandboxLevel;
  /** Runs as nobody instead of as root; false when we are not root to begin with. */
  readonly asNobody: boolean;
}

export const noSandbox: Sandbox = { level: 'none', asNobody: false };

export interface SandboxedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** True when the filter has to be written to `filterFd`. */
  readonly takesFilter: boolean;
}

export interface SandboxCommandOptions {
  readonly sandbox: Sandbox;
  /** Absolute, or a bare name to be found in PATH. */
  readonly program: string;
  readonly args: readonly string[];
  readonly isRoot: boolean;
  /** The descriptor the seccomp filter can be read from; undefined where there is none for this machine. */
  readonly filterFd: number | undefined;
}

/** Address space of one decoder. A 1920x1920 camera into a 720p tile takes less than a quarter of it. */
export const maxDecoderMemoryBytes = 1024 ** 3;
/** Standard streams, bubblewrap's own and the libraries on their way in. */
const maxDescriptors = 48;
/** `nobody`, on every Linux. */
const nobodyId = 65_534;

/** What FFmpeg is made of, on a distribution with and without merged /usr. */
const readablePaths = ['/usr', '/lib', '/lib32', '/lib64', '/bin', '/etc/alternatives', '/etc/ld.so.cache'];

/** All combinations worth trying, the strictest first; the last one always works. */
export function sandboxCandidates(isRoot: boolean): readonly Sandbox[] {
  const levels = sandboxLevels.toReversed().filter((level) => level !== 'none');
  const asNobody = isRoot ? [true, false] : [false];
  return [...levels.flatMap((level) => asNobody.map((one) => ({ level, asNobody: one }))), noSandbox];
}

/** The command line that runs `program` in the sandbox: every wrapper but bubblewrap becomes it, process id and all. */
export function sandboxedCommand(options: SandboxCommandOptions): SandboxedCommand {
  const { sandbox, program, args, filterFd } = options;
  const wrappers = wrappersOf(options);
  const [file = program, ...rest] = [...wrappers, program, ...args];
  return { file, args: rest, takesFilter: sandbox.level === 'isolated' && filterFd !== undefined };
}

function wrappersOf({ sandbox, program, isRoot, filterFd }: SandboxCommandOptions): string[] {
  const { level } = sandbox;
  if (level === 'none') return [];
  const becomeNobody = sandbox.asNobody ? [`--reuid=${nobodyId}`, `--regid=${nobodyId}`, '--clear-groups'] : [];
  const noNewPrivileges = ['--no-new-privs', '--inh-caps=-all'];
  const limits = [
    'prlimit',
    `--as=${maxDecoderMemoryBytes}`,
    ...['--core=0', '--fsize=0', `--nofile=${maxDescriptors}`],
  ];
  if (level === 'isolated') {
    const nobody = becomeNobody.length === 0 ? [] : ['setpriv', ...becomeNobody];
    return [...limits, ...nobody, ...bubblewrap(program, filterFd)];
  }
  const privileges = ['setpriv', ...becomeNobody, ...noNewPrivileges];
  if (level === 'limited') return [...limits, ...privileges];
  const ownNetwork = isRoot ? ['unshare', '--net'] : ['unshare', '--user', '--net'];
  return [...limits, ...ownNetwork, ...privileges];
}

/** An empty tree with read-only programs and libraries; own network, processes, IPC and names; ends with its parent. */
function bubblewrap(program: string, filterFd: number | undefined): string[] {
  const folder = path.dirname(program);
  const isElsewhere = path.isAbsolute(program) && !readablePaths.some((one) => folder.startsWith(`${one}/`));
  const readable = isElsewhere && !readablePaths.includes(folder) ? [...readablePaths, folder] : readablePaths;
  return [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--as-pid-1', '--cap-drop', 'ALL'],
    ...readable.flatMap((one) => ['--ro-bind-try', one, one]),
    ...['--remount-ro', '/', '--chdir', '/'],
    ...(filterFd === undefined ? [] : ['--seccomp', String(filterFd)]),
    '--',
  ];
}
