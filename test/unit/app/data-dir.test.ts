import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataDir } from '../../../src/app/data-dir.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'rostrum-data-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('openDataDir', () => {
  it('makes the folder and lets it be opened again after release', () => {
    const first = openDataDir(join(parent, 'a', 'b'));
    first.release();
    expect(openDataDir(join(parent, 'a', 'b')).path).toBe(first.path);
  });

  it('throws APP_DATA_DIR_IN_USE while a living program holds it', () => {
    openDataDir(parent);
    expect(() => openDataDir(parent)).toThrow(expect.objectContaining({ code: 'APP_DATA_DIR_IN_USE' }));
  });

  it('takes over the lock of a program that is gone, even if its pid lives on', () => {
    writeFileSync(join(parent, 'rostrum.pid'), `${process.pid} 1`);
    expect(() => openDataDir(parent)).not.toThrow();
  });

  it('throws APP_DATA_DIR_UNWRITABLE with the path when it cannot be a folder', () => {
    writeFileSync(join(parent, 'file'), '');
    expect(() => openDataDir(join(parent, 'file'))).toThrow(
      expect.objectContaining({ code: 'APP_DATA_DIR_UNWRITABLE' }),
    );
  });
});
