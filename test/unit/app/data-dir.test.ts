import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataDir, openDataDir } from '../../../src/app/data-dir.ts';

let parent: string;
let opened: DataDir[];
let children: ChildProcess[];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'rostrum-data-'));
  opened = [];
  children = [];
});
afterEach(async () => {
  for (const dataDir of opened) dataDir.release();
  for (const child of children) await killed(child);
  rmSync(parent, { recursive: true });
});

function open(path = parent): DataDir {
  const dataDir = openDataDir(path);
  opened.push(dataDir);
  return dataDir;
}

/** Another program that opens the folder, stays, and answers with `held` or the code of the refusal. */
async function openElsewhere(): Promise<{ child: ChildProcess; answer: string }> {
  const module = new URL('../../../src/app/data-dir.ts', import.meta.url).href;
  const script = `
    const { openDataDir } = await import(${JSON.stringify(module)});
    try {
      globalThis.held = openDataDir(process.argv[1]);
      console.log('held');
    } catch (error) {
      console.log(error.code);
    }
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, parent], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [answer] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, answer };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const inUse = expect.objectContaining({ code: 'APP_DATA_DIR_IN_USE' }) as Error;

describe('openDataDir', () => {
  it('makes the folder and lets it be opened again after release, which may be called twice', () => {
    const first = open(join(parent, 'a', 'b'));
    expect(() => openDataDir(first.path)).toThrow(inUse);
    first.release();
    first.release();
    expect(open(join(parent, 'a', 'b')).path).toBe(first.path);
    first.release();
    expect(() => openDataDir(first.path)).toThrow(inUse);
  });

  it('throws APP_DATA_DIR_IN_USE naming the process while another program holds it, and not once that was killed', async () => {
    const { child, answer } = await openElsewhere();
    expect(answer).toBe('held');
    expect(() => openDataDir(parent)).toThrow(inUse);
    expect(() => openDataDir(parent)).toThrow(`(process ${child.pid})`);
    await killed(child);
    expect(() => open()).not.toThrow();
  });

  it('lets exactly one in of several that start at the same moment', async () => {
    const answers = await Promise.all([openElsewhere(), openElsewhere(), openElsewhere()]);
    expect(answers.map(({ answer }) => answer).sort()).toEqual(['APP_DATA_DIR_IN_USE', 'APP_DATA_DIR_IN_USE', 'held']);
  });

  it('takes no notice of the pid file that a killed program left', () => {
    writeFileSync(join(parent, 'rostrum.pid'), String(process.ppid));
    expect(() => open()).not.toThrow();
  });

  it('throws APP_DATA_DIR_UNWRITABLE with the path when it cannot be a folder or its lock is not one', () => {
    const unwritable = expect.objectContaining({ code: 'APP_DATA_DIR_UNWRITABLE' }) as Error;
    writeFileSync(join(parent, 'file'), '');
    expect(() => openDataDir(join(parent, 'file'))).toThrow(unwritable);
    writeFileSync(join(parent, 'lock.sqlite'), 'no database '.repeat(100));
    expect(() => openDataDir(parent)).toThrow(unwritable);
  });
});
