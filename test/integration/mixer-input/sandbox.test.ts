/** The sandbox judged from inside: a probe tries what a decoder that was taken over would try. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { FfmpegChild, type FfmpegExit } from '../../../src/mixer/ffmpeg/child.ts';
import { innerPids } from '../../../src/mixer/ffmpeg/child-processes.ts';
import { chooseSandbox } from '../../../src/mixer/ffmpeg/choose-sandbox.ts';
import { type Sandbox } from '../../../src/mixer/ffmpeg/sandbox.ts';
import { isAlive } from '../../support/mixer/child-pids.ts';
import { waitFor } from '../../support/wait-for.ts';

const base = { clock: systemClock, logger: silentLogger, metrics: new Metrics() };
const sandbox = await chooseSandbox({ ...base, mode: 'best-effort', ffmpegPath: 'ffmpeg' });
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
/** The least that bubblewrap needs of this machine: containers and AppArmor (Ubuntu 24.04) forbid it to everybody or to some. */
const mayIsolate = permits('isolated', [...asNobody, 'bwrap', '--unshare-all', '--ro-bind', '/', '/', 'true']);
const mayConfine = permits('confined', ['unshare', ...(isRoot ? [] : ['--user']), '--net', 'true']);
const isIsolated = sandbox.level === 'isolated';
const perl = 'perl';
const children: FfmpegChild[] = [];

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
});

/** Whether a command that owes nothing to our own command lines works here; says so when it does not. */
function permits(level: string, [file, ...args]: readonly string[]): boolean {
  const { status, stderr, error } = spawnSync(file!, args, { encoding: 'utf8' });
  if (status === 0) return true;
  const why = error?.message ?? stderr.trim();
  console.warn(`SKIPPED: the ${level} sandbox cannot be tested on this machine, ${file} says: ${why}`);
  return false;
}

/** Runs a program where FFmpeg would be. Perl is on every Debian and reaches every system call; `-e` would open /dev/null. */
function inside(script: string, where: Sandbox = sandbox): FfmpegChild {
  const child = new FfmpegChild({
    ...base,
    ffmpegPath: perl,
    args: [],
    inputFds: [0],
    outputFds: [1],
    sandbox: where,
  });
  children.push(child);
  child.input(0).write(`$| = 1; ${script}\n__END__\n`);
  return child;
}

async function answerOf(script: string, where?: Sandbox): Promise<{ text: string; exit: FfmpegExit }> {
  const child = inside(script, where);
  let text = '';
  child.output(1).on('data', (bytes: Buffer) => (text += bytes.toString()));
  const exit = await child.exited;
  return { text, exit };
}

const verdict = (attempt: string) => `print((${attempt}) ? 'done' : 'refused: ' . ($!+0));`;
const connect = (port: number) => `
  use Socket; my $s;
  ${verdict(`socket($s, PF_INET, SOCK_STREAM, 0) && connect($s, sockaddr_in(${port}, inet_aton('127.0.0.1')))`)}`;

describe('chooseSandbox on this machine', () => {
  it.runIf(mayIsolate)('isolates decoders, as nobody where we are root', () => {
    expect(sandbox).toEqual({ level: 'isolated', asNobody: isRoot });
  });

  it.runIf(mayConfine && !mayIsolate)('takes at least network and privileges from decoders', () => {
    expect(['isolated', 'confined']).toContain(sandbox.level);
  });

  it('limits decoders wherever it is', () => {
    expect(sandbox.level).not.toBe('none');
  });
});

describe.runIf(isIsolated)('a program in the isolated sandbox', () => {
  it('cannot connect to a port that answers outside', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect((await answerOf(connect(port), { level: 'none', asNobody: false })).text).toBe('done');
    expect((await answerOf(connect(port))).text).toMatch(/^refused/);
    server.close();
  });

  it('cannot write or make a file anywhere', async () => {
    for (const folder of ['/', '/tmp', '/usr', '/usr/lib', '/dev/shm', '.']) {
      expect((await answerOf(verdict(`open(my $f, '>', '${folder}/rostrum-probe')`))).text, folder).toMatch(/^refused/);
    }
    expect(existsSync('/tmp/rostrum-probe')).toBe(false);
  });

  it('cannot read the data of this machine: no home, no passwords, no processes', async () => {
    for (const name of ['/etc/passwd', '/root', '/home', '/proc/self/environ', process.cwd()]) {
      expect((await answerOf(verdict(`-e '${name}'`))).text, name).toMatch(/^refused/);
    }
  });

  it('cannot start a process, and what it becomes is no freer', async () => {
    expect((await answerOf(verdict('defined(fork())'))).text).toBe('refused: 1');
    expect((await answerOf(`exec('sh', '-c', 'echo here; (echo forked)');`)).text).toBe('here\n');
  });

  it('cannot allocate 4 GB', async () => {
    const { text, exit } = await answerOf(`my $x = 'x' x (4 << 30); print 'done';`);
    expect(text).toBe('');
    expect(exit.code).not.toBe(0);
  });

  it('has no privileges, is nobody, and is alone', async () => {
    const { text } = await answerOf(`print join(' ', $<, $$, getppid());`);
    expect(text).toBe(`${isRoot ? 65534 : process.getuid?.()} 1 0`);
    // ptrace, mount, unshare, bpf, keyctl, io_uring_setup of x86-64.
    for (const call of process.arch === 'x64' ? [101, 165, 272, 321, 250, 425] : []) {
      expect((await answerOf(verdict(`syscall(${call}, 0, 0, 0, 0, 0) != -1`))).text).toBe('refused: 1');
    }
  });

  it('ends with its wrapper, and its wrapper with it, leaving nothing behind', async () => {
    for (const end of [
      (child: FfmpegChild) => void child.kill(),
      (child: FfmpegChild) => process.kill(child.pid!, 'SIGKILL'),
      (child: FfmpegChild) => process.kill(innerPids(child.pid!)[0]!, 'SIGKILL'),
    ]) {
      const child = inside('print "here"; sleep 60;');
      await once(child.output(1), 'data');
      const pids = [child.pid!, ...innerPids(child.pid!)];
      expect(pids).toHaveLength(2);
      end(child);
      await child.exited;
      await waitFor('the end of both', () => !pids.some(isAlive));
    }
  });

  it('stop closes its input and it ends by itself with status 0', async () => {
    const child = inside('1 while <STDIN>;');
    expect(await child.stop()).toMatchObject({ code: 0, signal: null, isExpected: true });
  });
});

describe.each([
  ...(mayConfine ? [{ level: 'confined', asNobody: isRoot } as const] : []),
  { level: 'limited', asNobody: isRoot } as const,
])('a program in the $level sandbox', (where) => {
  it('is limited in memory, cannot write to files, and is nobody where we are root', async () => {
    const { exit } = await answerOf(`my $x = 'x' x (4 << 30);`, where);
    expect(exit.code).not.toBe(0);
    const { text } = await answerOf(
      `$SIG{XFSZ} = 'IGNORE'; open(my $f, '>', '/tmp/rostrum-probe-' . $$); unlink('/tmp/rostrum-probe-' . $$);
       ${verdict(`syswrite($f, 'x')`)} print " $<";`,
      where,
    );
    expect(text).toMatch(isRoot ? /^refused: \d+ 65534$/ : /^refused: \d+ \d+$/);
  });

  it.runIf(where.level === 'confined')('cannot connect', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect((await answerOf(connect((server.address() as { port: number }).port), where)).text).toMatch(/^refused/);
    server.close();
  });
});

describe('chooseSandbox', () => {
  it('takes the strictest sandbox that works, down to none', async () => {
    const tried: Sandbox[] = [];
    const options = { ...base, ffmpegPath: 'ffmpeg' };
    const works = async (one: Sandbox) => tried.push(one) > 0 && one.level === 'limited';
    expect(await chooseSandbox({ ...options, mode: 'best-effort', works })).toMatchObject({ level: 'limited' });
    expect(tried.map(({ level }) => level).at(-1)).toBe('limited');
    expect(await chooseSandbox({ ...options, mode: 'best-effort', works: async () => false })).toEqual({
      level: 'none',
      asNobody: false,
    });
  });

  it('required refuses what is not isolation with MIXER_SANDBOX_UNAVAILABLE; off asks nothing', async () => {
    const options = { ...base, ffmpegPath: 'ffmpeg' };
    const works = async (one: Sandbox) => one.level !== 'isolated';
    await expect(chooseSandbox({ ...options, mode: 'required', works })).rejects.toMatchObject({
      code: 'MIXER_SANDBOX_UNAVAILABLE',
    });
    const off = await chooseSandbox({ ...options, mode: 'off', works: async () => Promise.reject(new Error('asked')) });
    expect(off.level).toBe('none');
  });

  it('an FFmpeg that does not exist ends in no sandbox, not in an error', async () => {
    expect((await chooseSandbox({ ...base, mode: 'best-effort', ffmpegPath: '/nowhere/ffmpeg' })).level).toBe('none');
  });

  it('tells what it costs; a program in it runs', async () => {
    const timeOf = async (where: Sandbox): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 5; round++) {
        const startMs = systemClock.nowMs();
        await answerOf('print 1', where);
        times.push(systemClock.nowMs() - startMs);
      }
      return Math.min(...times);
    };
    const extraMs = (await timeOf(sandbox)) - (await timeOf({ level: 'none', asNobody: false }));
    console.log(`the ${sandbox.level} sandbox takes ${extraMs.toFixed(1)} ms`);
    expect((await answerOf('print 1')).text).toBe('1');
  });
});
