import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalObjectStore } from '../../../../src/recording/index.ts';
import { describeObjectStore } from '../support/object-store-contract.ts';

describeObjectStore('LocalObjectStore', async () => {
  const root = mkdtempSync(join(tmpdir(), 'rostrum-store-'));
  return { store: await LocalObjectStore.open(root), close: async () => rmSync(root, { recursive: true }) };
});

describe('LocalObjectStore', () => {
  let folder: string;
  let store: LocalObjectStore;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rostrum-store-'));
    store = await LocalObjectStore.open(join(folder, 'root'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('put, get and head reject a key that leads through a symbolic link, and nothing is written outside', async () => {
    mkdirSync(join(folder, 'outside'));
    writeFileSync(join(folder, 'outside/secret'), 'secret');
    symlinkSync(join(folder, 'outside'), join(folder, 'root/link'));
    const invalid = { code: 'REC_OBJECT_KEY_INVALID' };
    await expect(store.put('link/new/file', Buffer.from('x'), 'text/plain')).rejects.toMatchObject(invalid);
    await expect(store.get('link/secret')).rejects.toMatchObject(invalid);
    await expect(store.head('link/secret')).rejects.toMatchObject(invalid);
    expect(await store.list('')).toEqual([]);
    expect(readdirSync(join(folder, 'outside'))).toEqual(['secret']);
  });

  it('put leaves no temporary file behind, whether it succeeds or fails', async () => {
    await store.put('a', Buffer.from('x'), 'text/plain');
    await expect(store.put('a/b', Buffer.from('x'), 'text/plain')).rejects.toMatchObject({ code: 'REC_STORE_FAILED' });
    expect(readdirSync(join(folder, 'root/.incoming'))).toEqual([]);
  });

  it('open rejects with REC_DATA_DIR_UNWRITABLE naming the path when the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file/root');
    await expect(LocalObjectStore.open(path)).rejects.toMatchObject({
      code: 'REC_DATA_DIR_UNWRITABLE',
      message: expect.stringContaining(path) as string,
    });
  });
});
