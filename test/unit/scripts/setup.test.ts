import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { importScript } from '../../support/import-script.ts';

type Lockfile = { packages: Record<string, { version?: string; integrity?: string; optional?: boolean }> };

const { parsePurpose } = await importScript<{ parsePurpose: (argv: string[]) => string }>('setup/main.mjs');
const { assertNodeVersion, assertPlatform } = await importScript<{
  assertNodeVersion: (version: string) => void;
  assertPlatform: (platform: string) => void;
}>('setup/machine.mjs');
const { dpkgWasInterrupted, installMissingPackages, missingTools } = await importScript<{
  dpkgWasInterrupted: (journal: string) => boolean;
  installMissingPackages: (missing: { package: string; without: string; isRequired?: boolean }[]) => Promise<void>;
  missingTools: (purpose: string, probe: object) => { package: string; isRequired?: boolean }[];
}>('setup/os-packages.mjs');
const { lockfileIsInstalled, nestedNpmEnv } = await importScript<{
  lockfileIsInstalled: (wanted: Lockfile, installed: Lockfile) => boolean;
  nestedNpmEnv: (env: Record<string, string>, root: string) => Record<string, string>;
}>('setup/dependencies.mjs');
const { createBuildProgress } = await importScript<{
  createBuildProgress: (nowMs: () => number) => (line: string) => string | undefined;
}>('setup/worker-build.mjs');
const { prebuiltUrl } = await importScript<{ prebuiltUrl: (manifest: object, machine: object) => string }>(
  'setup/worker-download.mjs',
);
const { cacheDir } = await importScript<{ cacheDir: (env: Record<string, string>) => string }>(
  'setup/worker-cache.mjs',
);
const { formatDuration } = await importScript<{ formatDuration: (durationMs: number) => string }>('setup/report.mjs');
const { hashPaths, readStamp, updateStamp } = await importScript<{
  hashPaths: (root: string, paths: string[], isIgnored?: (relative: string) => boolean) => string;
  readStamp: (root: string) => object;
  updateStamp: (root: string, changes: object) => void;
}>('setup/stamp.mjs');
const { withLock } = await importScript<{
  withLock: <T>(directory: string, work: () => Promise<T>, options?: object) => Promise<T>;
}>('setup/lock.mjs');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'rostrum-setup-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('parsePurpose', () => {
  it('returns start by default and what --for names', () => {
    expect([parsePurpose([]), parsePurpose(['--for', 'test'])]).toEqual(['start', 'test']);
  });

  it('throws for anything else', () => {
    for (const argv of [['--for'], ['--for', 'x'], ['test'], ['--for', 'test', 'y']]) {
      expect(() => parsePurpose(argv)).toThrow('Unknown arguments');
    }
  });
});

describe('machine checks', () => {
  it('refuse Node below 20 and other systems than Linux', () => {
    expect(() => assertNodeVersion('18.20.1')).toThrow('Node 18.20.1 is too old');
    expect(() => assertNodeVersion('20.0.0')).not.toThrow();
    expect(() => assertPlatform('darwin')).toThrow('Rostrum runs on Linux');
  });
});

describe('missingTools', () => {
  const nothing = { hasCommand: () => false, hasFile: () => false };

  it('lists for start what runs the product and for test also what checks it, for check the fonts; ffmpeg alone is required', () => {
    expect(missingTools('start', nothing).map((tool) => tool.package)).toEqual([
      'ffmpeg',
      'bubblewrap',
      'coturn',
      'fonts-noto-core',
      'fonts-noto-cjk',
      'fonts-noto-color-emoji',
    ]);
    expect(missingTools('check', nothing).map((tool) => tool.package)).toEqual([
      'fonts-noto-core',
      'fonts-noto-cjk',
      'fonts-noto-color-emoji',
    ]);
    expect(missingTools('test', nothing)).toHaveLength(10);
    expect(
      missingTools('test', nothing)
        .filter((tool) => tool.isRequired)
        .map((tool) => tool.package),
    ).toEqual(['ffmpeg']);
  });

  it('lists the fonts whose files are not where Debian puts them, each by itself', () => {
    const debianFiles = [
      '/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf',
      '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
      '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf',
    ];
    const missingWithout = (absent?: string) =>
      missingTools('start', {
        hasCommand: () => true,
        hasFile: (file: string) => file !== absent && debianFiles.includes(file),
      }).map((tool) => tool.package);
    expect(missingWithout()).toEqual([]);
    expect(debianFiles.map(missingWithout)).toEqual([
      ['fonts-noto-core'],
      ['fonts-noto-cjk'],
      ['fonts-noto-color-emoji'],
    ]);
  });

  it('is empty when any of the commands and files of each tool is there', () => {
    const all = ['ffmpeg', 'bwrap', 'turnserver', 'google-chrome', 'redis-server', 'varnishd', 'ip'];
    const probe = { hasCommand: (name: string) => all.includes(name), hasFile: () => true };
    expect(missingTools('test', probe)).toEqual([]);
  });
});

describe('installMissingPackages without an apt-get', () => {
  const coturn = { package: 'coturn', without: 'TURN is off.' };
  const advice = 'This system has no apt-get: install the equivalents';
  beforeEach(() => {
    vi.stubEnv('PATH', '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('goes on without what is optional, and says what is missing by it and what to do here', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await installMissingPackages([coturn]);
    const said = write.mock.calls.map(([line]) => line);
    expect(said).toHaveLength(3);
    expect(said.slice(1)).toEqual(['! TURN is off.\n', expect.stringContaining(`! To change that: ${advice}`)]);
  });

  it('stops for what is required', async () => {
    await expect(installMissingPackages([{ ...coturn, isRequired: true }])).rejects.toMatchObject({
      fix: expect.stringContaining(advice) as string,
    });
  });
});

describe('dpkgWasInterrupted', () => {
  it('is true only while dpkg has unmerged journal entries', () => {
    writeFileSync(path.join(directory, 'tmp.i'), '');
    expect([dpkgWasInterrupted(directory), dpkgWasInterrupted(path.join(directory, 'absent'))]).toEqual([false, false]);
    writeFileSync(path.join(directory, '0003'), '');
    expect(dpkgWasInterrupted(directory)).toBe(true);
  });
});

describe('cacheDir', () => {
  it('is where the environment says, in its order', () => {
    expect(cacheDir({ ROSTRUM_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheDir({ XDG_CACHE_HOME: '/b' })).toBe('/b/rostrum');
  });
});

describe('lockfileIsInstalled', () => {
  const wanted: Lockfile = {
    packages: { '': {}, a: { version: '1.0.0', integrity: 'x' }, b: { version: '2.0.0', optional: true } },
  };

  it('accepts the same versions, optional ones left out', () => {
    expect(lockfileIsInstalled(wanted, { packages: { a: { version: '1.0.0', integrity: 'x' } } })).toBe(true);
  });

  it('refuses another version, other contents, and a package left out', () => {
    const others = [{ a: { version: '1.0.1', integrity: 'x' } }, { a: { version: '1.0.0', integrity: 'y' } }, {}];
    for (const packages of others) expect(lockfileIsInstalled(wanted, { packages })).toBe(false);
  });
});

describe('nestedNpmEnv', () => {
  it('drops what the outer npm set, keeps where packages come from, and points PATH past our own Node', () => {
    const env = nestedNpmEnv(
      {
        HOME: '/h',
        PATH: '/r/node_modules/.bin:/x/node-gyp-bin:/usr/bin',
        npm_config_registry: 'mirror',
        npm_config_global: 'true',
        npm_lifecycle_event: 'prestart',
        INIT_CWD: '/r',
      },
      '/r',
    );
    expect(env).toMatchObject({ HOME: '/h', PATH: '/usr/bin', npm_config_registry: 'mirror' });
    expect(Object.keys(env).sort()).toEqual(['HOME', 'MEDIASOUP_WORKER_BIN', 'PATH', 'npm_config_registry']);
  });
});

describe('createBuildProgress', () => {
  it('reports every ten percent with the time left, from the speed so far', () => {
    let nowMs = 0;
    const progress = createBuildProgress(() => nowMs);
    const reports: (string | undefined)[] = [];
    for (let done = 0; done <= 20; done++) {
      reports.push(progress(`[${done}/20] Compiling x.cpp`));
      nowMs += 3000;
    }
    expect(reports.filter(Boolean)).toHaveLength(10);
    expect(reports[2]).toBe('  10 % (about 54 s left)');
    expect(reports[20]).toBe('  100 %');
    expect(progress('ninja: Entering directory')).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it('rounds to seconds, at least one', () => {
    expect([3, 59_600, 75_000].map(formatDuration)).toEqual(['1 s', '1 min', '1 min 15 s']);
  });
});

describe('prebuiltUrl', () => {
  it("is mediasoup's release archive for this system and kernel", () => {
    const manifest = { version: '3.27.1', repository: { url: 'git+https://host.invalid/mediasoup.git' } };
    expect(prebuiltUrl(manifest, { platform: 'linux', arch: 'x64', release: '6.1.0-13' })).toBe(
      'https://host.invalid/mediasoup/releases/download/3.27.1/mediasoup-worker-3.27.1-linux-x64-kernel6.tgz',
    );
  });
});

describe('hashPaths', () => {
  it('changes with a name and with a content, not with what is ignored', () => {
    mkdirSync(path.join(directory, 'web/dist'), { recursive: true });
    const write = (name: string, text: string) => writeFileSync(path.join(directory, 'web', name), text);
    const hash = () => hashPaths(directory, ['web', 'absent'], (relative) => relative === 'web/dist');
    write('a.ts', 'one');
    const first = hash();
    write('dist/out.js', 'built');
    expect(hash()).toBe(first);
    write('a.ts', 'two');
    const second = hash();
    write('b.ts', '');
    expect(new Set([first, second, hash()]).size).toBe(3);
  });
});

describe('stamp', () => {
  it('keeps other entries when one changes, and is empty when unreadable', () => {
    mkdirSync(path.join(directory, 'node_modules'));
    updateStamp(directory, { web: 'w' });
    updateStamp(directory, { worker: 'k' });
    expect(readStamp(directory)).toEqual({ web: 'w', worker: 'k' });
    writeFileSync(path.join(directory, 'node_modules/.rostrum-setup.json'), '{');
    expect(readStamp(directory)).toEqual({});
  });
});

describe('withLock', () => {
  const fast = { pollMs: 5 };

  it('runs one at a time and gives the lock back, also after a failure', async () => {
    const lock = path.join(directory, 'lock');
    let runningCount = 0;
    const work = async () => {
      expect(++runningCount).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      runningCount--;
      throw new Error('failed inside');
    };
    const results = await Promise.allSettled([withLock(lock, work, fast), withLock(lock, work, fast)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over from a holder that is dead', async () => {
    const lock = path.join(directory, 'lock');
    mkdirSync(lock);
    // Above every pid that Linux gives out.
    writeFileSync(path.join(lock, 'pid'), '4194305 1');
    expect(await withLock(lock, async () => 'done', fast)).toBe('done');
  });

  it('takes over at once from a dead holder whose pid is that of another process by now', async () => {
    const lock = path.join(directory, 'lock');
    mkdirSync(lock);
    writeFileSync(path.join(lock, 'pid'), `${process.pid} 1`);
    expect(await withLock(lock, async () => 'done', { ...fast, maxWaitMs: 20 })).toBe('done');
  });

  it('rejects with what to set when the folder cannot be made', async () => {
    writeFileSync(path.join(directory, 'file'), '');
    for (const lock of ['/proc/nowhere/lock', '/proc/nowhere/deep/lock', path.join(directory, 'file/lock')]) {
      await expect(withLock(lock, async () => 'done', fast)).rejects.toMatchObject({
        fix: expect.stringContaining('ROSTRUM_CACHE_DIR') as string,
      });
    }
  });

  it('rejects with the holder when it waited too long', async () => {
    const lock = path.join(directory, 'lock');
    mkdirSync(lock);
    const stat = readFileSync('/proc/self/stat', 'utf8');
    writeFileSync(path.join(lock, 'pid'), `${process.pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`);
    await expect(withLock(lock, async () => 'done', { ...fast, maxWaitMs: 20 })).rejects.toThrow(`pid ${process.pid}`);
  });
});
