import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFiles, type FileOpener } from '../../../../src/recording/durable-files.ts';
import { OpenPartFile, readOpenFragments } from '../../../../src/recording/spool/open-part-file.ts';
import { OpenParts } from '../../../../src/recording/spool/open-parts.ts';
import { waitFor } from '../../../support/wait-for.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rostrum-open-part-'));
  path = join(folder, 'video.run-0.open');
});
afterEach(() => rmSync(folder, { recursive: true }));

const fragmentOf = (index: number, sizeBytes = 20) => ({
  bytes: Buffer.alloc(sizeBytes, `fragment ${index};`),
  endTicks: (index + 1) * 3000,
});
const bytesOf = (...indexes: number[]) => indexes.map((index) => fragmentOf(index).bytes);
const inFile = () => readOpenFragments(readFileSync(path)).map((bytes) => Buffer.from(bytes));
const fileIs = (...indexes: number[]) =>
  waitFor(`fragments ${indexes.join()} in the file`, () => {
    const found = inFile();
    return found.length === indexes.length && Buffer.concat(found).equals(Buffer.concat(bytesOf(...indexes)));
  });

describe('OpenPartFile', () => {
  it('keep puts fragments into the file, settle takes those out that a durable part has', async () => {
    const file = new OpenPartFile(path, diskFiles);
    for (const index of [0, 1, 2]) file.keep(fragmentOf(index));
    await fileIs(0, 1, 2);
    file.keep(fragmentOf(3));
    file.settle(fragmentOf(1).endTicks);
    await fileIs(2, 3);
    file.keep(fragmentOf(4));
    await fileIs(2, 3, 4);
    file.settle(fragmentOf(4).endTicks);
    await fileIs();
    await file.close();
    file.keep(fragmentOf(5));
    // Waits for whatever is being written.
    await file.close();
    expect(statSync(path).size).toBe(0);
  });

  it('drops what an earlier life left there', async () => {
    appendFileSync(path, 'left over');
    const file = new OpenPartFile(path, diskFiles);
    file.keep(fragmentOf(0));
    await fileIs(0);
    await file.close();
  });

  it('a disk that refuses to write costs the open part only, and the next one is written', async () => {
    let isFull = true;
    let refusalCount = 0;
    const files: FileOpener = {
      open: async (name) => {
        const handle = await diskFiles.open(name);
        return {
          write: (...args) => {
            if (!isFull) return handle.write(...args);
            refusalCount++;
            return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
          },
          truncate: (sizeBytes) => handle.truncate(sizeBytes),
          datasync: () => handle.datasync(),
          close: () => handle.close(),
        };
      },
    };
    const file = new OpenPartFile(path, files);
    file.keep(fragmentOf(0));
    await waitFor('the refusal', () => refusalCount === 1);
    isFull = false;
    file.keep(fragmentOf(1));
    file.settle(fragmentOf(0).endTicks);
    await fileIs(1);
    await file.close();
    expect(refusalCount).toBe(1);
  });

  it('begins anew instead of growing beyond 8 MiB', async () => {
    const file = new OpenPartFile(path, diskFiles);
    for (let index = 0; index < 3; index++) file.keep(fragmentOf(index, 3 << 20));
    await waitFor('the third fragment alone', () => inFile().length === 1);
    expect(inFile()[0]!.equals(fragmentOf(2, 3 << 20).bytes)).toBe(true);
    await file.close();
  });
});

describe('readOpenFragments', () => {
  it('of a file that is torn or damaged at any byte gives the fragments before that', async () => {
    const file = new OpenPartFile(path, diskFiles);
    for (const index of [0, 1, 2]) file.keep(fragmentOf(index));
    await fileIs(0, 1, 2);
    await file.close();
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      const expected = bytesOf(0, 1, 2).slice(0, Math.floor(at / 28));
      expect(readOpenFragments(whole.subarray(0, at))).toEqual(expected);
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x55;
      expect(readOpenFragments(damaged).slice(0, expected.length)).toEqual(expected);
      expect(readOpenFragments(damaged).length).toBeLessThan(3);
    }
    truncateSync(path, 0);
    expect(inFile()).toEqual([]);
  });
});

describe('OpenParts', () => {
  it('keeps one file per rendition, of its newest run only', async () => {
    const parts = new OpenParts(folder, diskFiles);
    const keep = (renditionId: string, runIndex: number) => parts.keep({ renditionId, runIndex, ...fragmentOf(0) });
    keep('video', 0);
    keep('audio', 0);
    keep('video', 1);
    keep('video', 0);
    await waitFor('the files of the newest runs', () =>
      ['audio.run-0.open', 'video.run-1.open'].every((name) => readdirSync(folder).includes(name)),
    );
    await parts.close();
    expect(readdirSync(folder).sort()).toEqual(['audio.run-0.open', 'video.run-1.open']);
  });

  it('settle of another run changes nothing', async () => {
    const parts = new OpenParts(folder, diskFiles);
    parts.keep({ renditionId: 'video', runIndex: 0, ...fragmentOf(0) });
    parts.settle({ renditionId: 'video', runIndex: 1, startTicks: 0, durationTicks: 90_000 });
    await fileIs(0);
    parts.settle({ renditionId: 'video', runIndex: 0, startTicks: 0, durationTicks: 3000 });
    await fileIs();
    await parts.close();
  });
});
