import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { CpuWatch, runawayTurnCount } from '../../../../src/mixer/ffmpeg/cpu-watch.ts';
import { sandboxCandidates, sandboxedCommand } from '../../../../src/mixer/ffmpeg/sandbox.ts';
import { hasSeccompFilter, seccompFilter } from '../../../../src/mixer/ffmpeg/sandbox-seccomp.ts';

const decoder = { program: '/usr/bin/ffmpeg', args: ['-i', 'pipe:0'], isRoot: true, filterFd: 3 };

describe('sandboxCandidates', () => {
  it('go from the strictest to none, as nobody first where we are root', () => {
    expect(sandboxCandidates(true).map(({ level, asNobody }) => `${level} ${asNobody}`)).toEqual([
      ...['isolated true', 'isolated false', 'confined true', 'confined false', 'limited true', 'limited false'],
      'none false',
    ]);
    expect(sandboxCandidates(false).every(({ asNobody }) => !asNobody)).toBe(true);
  });
});

describe('sandboxedCommand', () => {
  it('of none is the program itself', () => {
    const command = sandboxedCommand({ ...decoder, sandbox: { level: 'none', asNobody: false } });
    expect(command).toEqual({ file: '/usr/bin/ffmpeg', args: ['-i', 'pipe:0'], takesFilter: false });
  });

  it('of isolated limits first, then leaves root, then lets bubblewrap run the program with the filter', () => {
    const { file, args, takesFilter } = sandboxedCommand({
      ...decoder,
      sandbox: { level: 'isolated', asNobody: true },
    });
    const words = [file, ...args];
    const places = ['prlimit', 'setpriv', 'bwrap', '--seccomp', '/usr/bin/ffmpeg'].map((word) => words.indexOf(word));
    expect(places[0]).toBe(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(takesFilter).toBe(true);
    expect(words.slice(words.indexOf('--'))).toEqual(['--', '/usr/bin/ffmpeg', '-i', 'pipe:0']);
    expect(words.filter((word) => word.startsWith('--bind') || word.startsWith('--dev'))).toEqual([]);
  });

  it('of isolated without a filter for this machine starts all the same', () => {
    const command = sandboxedCommand({
      ...decoder,
      filterFd: undefined,
      sandbox: { level: 'isolated', asNobody: false },
    });
    expect(command.takesFilter).toBe(false);
    expect(command.args).not.toContain('--seccomp');
  });

  it('of isolated shows an FFmpeg from elsewhere its own folder, and nothing twice', () => {
    const visible = (program: string): string[] => {
      const { args } = sandboxedCommand({ ...decoder, program, sandbox: { level: 'isolated', asNobody: false } });
      return args.filter((_, index) => args[index - 1] === '--ro-bind-try');
    };
    expect(visible('/opt/ffmpeg/bin/ffmpeg')).toContain('/opt/ffmpeg/bin');
    expect(visible('/usr/bin/ffmpeg')).not.toContain('/usr/bin');
    expect(visible('ffmpeg')).toEqual(visible('/bin/ffmpeg'));
  });

  it('of confined needs a user namespace where we are not root', () => {
    const words = (isRoot: boolean): string =>
      sandboxedCommand({ ...decoder, isRoot, sandbox: { level: 'confined', asNobody: false } }).args.join(' ');
    expect(words(false)).toContain('unshare --user --net');
    expect(words(true)).toContain('unshare --net');
    expect(words(true)).toContain('--no-new-privs');
  });
});

/** Runs a filter as the kernel does: the little of BPF that it uses. */
function verdictOf(filter: Uint8Array, call: { arch: number; number: number; flags?: number }): string {
  const view = new DataView(filter.buffer);
  const fields: Record<number, number> = { 0: call.number, 4: call.arch, 16: call.flags ?? 0 };
  let accumulator = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const operand = view.getUint32(at + 4, true);
    const jump = (isTrue: boolean): number => 8 * view.getUint8(at + (isTrue ? 2 : 3));
    switch (view.getUint16(at, true)) {
      case 0x20:
        accumulator = fields[operand]!;
        break;
      case 0x15:
        at += jump(accumulator === operand);
        break;
      case 0x45:
        at += jump((accumulator & operand) !== 0);
        break;
      case 0x06:
        return { 0x7fff0000: 'allow', 0x80000000: 'kill', 0x50001: 'EPERM', 0x50026: 'ENOSYS' }[operand]!;
      default:
        throw new Error('An instruction that no filter of ours has.');
    }
  }
  throw new Error('The filter does not end.');
}

describe('seccompFilter', () => {
  const x64 = { arch: 0xc000_003e };
  const arm64 = { arch: 0xc000_00b7 };

  it('lets a program read, write, map memory and exit, on both architectures', () => {
    for (const number of [0, 1, 9, 231]) expect(verdictOf(seccompFilter('x64'), { ...x64, number })).toBe('allow');
    for (const number of [63, 64, 222, 94]) {
      expect(verdictOf(seccompFilter('arm64'), { ...arm64, number })).toBe('allow');
    }
  });

  it('refuses sockets, processes and everything unknown with EPERM', () => {
    // socket, fork, vfork, ptrace, mount, bpf, io_uring_setup, the 32-bit calls of x32, and one of the future.
    for (const number of [41, 57, 58, 101, 165, 321, 425, 0x4000_0001, 5000]) {
      expect(verdictOf(seccompFilter('x64'), { ...x64, number })).toBe('EPERM');
    }
    for (const number of [198, 117, 40, 280, 425]) {
      expect(verdictOf(seccompFilter('arm64'), { ...arm64, number })).toBe('EPERM');
    }
  });

  it('lets clone make threads only, and knows no clone3', () => {
    const filter = seccompFilter('x64');
    expect(verdictOf(filter, { ...x64, number: 56, flags: 0x3d0f00 })).toBe('allow');
    expect(verdictOf(filter, { ...x64, number: 56, flags: 17 })).toBe('EPERM');
    expect(verdictOf(filter, { ...x64, number: 435 })).toBe('ENOSYS');
  });

  it('kills what calls by the numbers of another architecture', () => {
    expect(verdictOf(seccompFilter('x64'), { arch: 0x4000_0003, number: 1 })).toBe('kill');
  });

  it('exists for the architectures that Debian servers have', () => {
    expect(['x64', 'arm64', 'riscv64', 'toString'].map(hasSeccompFilter)).toEqual([true, true, false, false]);
  });
});

describe('CpuWatch', () => {
  function watch() {
    const clock = new FakeClock();
    let cpuMs: number | undefined = 0;
    let runawayCount = 0;
    const watching = new CpuWatch({ clock, pid: 1, cpuTimeMs: () => cpuMs, onRunaway: () => runawayCount++ });
    const second = (usedMs: number | undefined): void => {
      cpuMs = usedMs === undefined ? undefined : (cpuMs ?? 0) + usedMs;
      clock.advance(1000);
    };
    return { second, watching, clock, runawayCount: () => runawayCount };
  }

  it('calls once after ten seconds of a whole core, and rests', () => {
    const { second, clock, runawayCount } = watch();
    for (let n = 0; n < runawayTurnCount; n++) second(1000);
    expect(runawayCount()).toBe(0);
    second(1000);
    for (let n = 0; n < 30; n++) second(1000);
    expect(runawayCount()).toBe(1);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('begins anew after a second that was not busy, and heeds a process that is gone', () => {
    const { second, watching, clock, runawayCount } = watch();
    for (let n = 0; n < 60; n++) second(n % 10 === 9 ? 500 : 1000);
    for (let n = 0; n < 30; n++) second(undefined);
    expect(runawayCount()).toBe(0);
    watching.stop();
    expect(clock.pendingTimerCount).toBe(0);
  });
});
