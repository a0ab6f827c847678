/** What every ObjectStore promises; run against each implementation. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ObjectStore } from '../../../../src/recording/index.ts';

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
}

/** @param makeStore a store without objects; `close` frees what it holds. */
export function describeObjectStore(
  name: string,
  makeStore: () => Promise<{ store: ObjectStore; close: () => Promise<void> }>,
): void {
  describe(`${name} as an ObjectStore`, () => {
    let made: Awaited<ReturnType<typeof makeStore>>;
    let store: ObjectStore;
    let folder: string;

    beforeEach(async () => {
      made = await makeStore();
      store = made.store;
      folder = mkdtempSync(join(tmpdir(), 'rostrum-contract-'));
    });

    afterEach(async () => {
      await made.close();
      rmSync(folder, { recursive: true });
    });

    it('put then get gives the bytes back', async () => {
      await store.put('recordings/w/s/a.json', Buffer.from('hello'), 'application/json');
      expect(await textOf(await store.get('recordings/w/s/a.json'))).toBe('hello');
      expect(await store.head('recordings/w/s/a.json')).toEqual({ sizeBytes: 5 });
    });

    it('put takes a stream and an empty body', async () => {
      await store.put('a/stream', Readable.from([Buffer.from('one'), Buffer.from('two')]), 'text/plain');
      expect(await textOf(await store.get('a/stream'))).toBe('onetwo');
      await store.put('a/empty', new Uint8Array(), 'text/plain');
      expect(await store.head('a/empty')).toEqual({ sizeBytes: 0 });
    });

    it('put replaces the whole object', async () => {
      await store.put('a', Buffer.from('a longer text'), 'text/plain');
      await store.put('a', Buffer.from('short'), 'text/plain');
      expect(await textOf(await store.get('a'))).toBe('short');
    });

    it('put rejects when its stream breaks, and the key keeps what it had', async () => {
      await store.put('a', Buffer.from('old'), 'text/plain');
      const broken = Readable.from(
        (function* () {
          yield Buffer.from('half');
          throw new Error('source broke');
        })(),
      );
      await expect(store.put('a', broken, 'text/plain')).rejects.toThrow();
      expect(await textOf(await store.get('a'))).toBe('old');
      expect(await store.list('')).toEqual(['a']);
    });

    it('putFile stores a local file, also a second time', async () => {
      const path = join(folder, 'file');
      writeFileSync(path, 'file content');
      await store.putFile('a/file', path, 'video/mp4');
      await store.putFile('a/file', path, 'video/mp4');
      expect(await textOf(await store.get('a/file'))).toBe('file content');
    });

    it('get with a range gives inclusive positions and clips the end', async () => {
      await store.put('a', Buffer.from('0123456789'), 'text/plain');
      expect(await textOf(await store.get('a', { start: 2, end: 4 }))).toBe('234');
      expect(await textOf(await store.get('a', { start: 8, end: 99 }))).toBe('89');
    });

    it('get rejects with REC_OBJECT_RANGE_INVALID outside the object', async () => {
      await store.put('a', Buffer.from('0123'), 'text/plain');
      for (const range of [
        { start: 4, end: 5 },
        { start: 2, end: 1 },
        { start: -1, end: 1 },
      ]) {
        await expect(store.get('a', range)).rejects.toMatchObject({ code: 'REC_OBJECT_RANGE_INVALID' });
      }
    });

    it('get rejects with REC_OBJECT_NOT_FOUND and head gives undefined for a key that does not exist', async () => {
      await expect(store.get('a/b')).rejects.toMatchObject({ code: 'REC_OBJECT_NOT_FOUND' });
      expect(await store.head('a/b')).toBeUndefined();
      await store.put('a/b/c', Buffer.from('x'), 'text/plain');
      expect(await store.head('a/b')).toBeUndefined();
    });

    it('list gives the keys below a prefix, sorted, and nothing else', async () => {
      for (const key of ['r/w1/s1/b', 'r/w1/s1/a', 'r/w1/s10/a', 'r/w2/s1/a', 'x']) {
        await store.put(key, Buffer.from(key), 'text/plain');
      }
      expect(await store.list('r/w1/s1/')).toEqual(['r/w1/s1/a', 'r/w1/s1/b']);
      expect(await store.list('r/w1/s1')).toEqual(['r/w1/s1/a', 'r/w1/s1/b', 'r/w1/s10/a']);
      expect(await store.list('none/')).toEqual([]);
      expect(await store.list('')).toHaveLength(5);
    });

    it.each(['', '/a', 'a/', 'a//b', '..', 'a/../b', '.hidden', 'a/.b', 'a b', 'ä', 'a\0', 'a\\b', 'x'.repeat(1001)])(
      'put, get and head reject with REC_OBJECT_KEY_INVALID for %j',
      async (key) => {
        const invalid = { code: 'REC_OBJECT_KEY_INVALID' };
        await expect(store.put(key, Buffer.from('x'), 'text/plain')).rejects.toMatchObject(invalid);
        await expect(store.get(key)).rejects.toMatchObject(invalid);
        await expect(store.head(key)).rejects.toMatchObject(invalid);
      },
    );
  });
}
