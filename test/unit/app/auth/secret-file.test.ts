import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessTokens } from '../../../../src/app/auth/access-tokens.ts';
import { readSecret, writeSecret } from '../../../../src/app/auth/secret-file.ts';
import { FakeClock } from '../../../../src/core/clock.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'rostrum-secret-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const same = (text: string) => text;

describe('writeSecret', () => {
  it('leaves one file that only its owner reads, also when an earlier write was cut off', () => {
    writeFileSync(join(dataDir, 'key.new'), 'ha', { mode: 0o644 });
    writeSecret(dataDir, 'key', 'whole');
    expect(readdirSync(dataDir)).toEqual(['key']);
    expect(readFileSync(join(dataDir, 'key'), 'utf8')).toBe('whole\n');
    expect(statSync(join(dataDir, 'key')).mode & 0o777).toBe(0o600);
    expect(readSecret(dataDir, 'key', same)).toBe('whole');
  });

  it('throws APP_DATA_DIR_UNWRITABLE naming the file and leaves nothing behind', () => {
    mkdirSync(join(dataDir, 'key', 'in the way'), { recursive: true });
    expect(() => writeSecret(dataDir, 'key', 'whole')).toThrow(
      expect.objectContaining({
        code: 'APP_DATA_DIR_UNWRITABLE',
        message: expect.stringContaining(join(dataDir, 'key')) as string,
      }),
    );
    expect(readdirSync(dataDir)).toEqual(['key']);
  });
});

describe('readSecret', () => {
  it('returns undefined for a file that is absent', () => {
    expect(readSecret(dataDir, 'key', same)).toBeUndefined();
  });

  it('throws APP_SECRET_UNUSABLE naming the file when it is empty, unreadable or not what it should be', () => {
    const unusable = expect.objectContaining({
      code: 'APP_SECRET_UNUSABLE',
      message: expect.stringContaining(dataDir) as string,
    }) as Error;
    writeFileSync(join(dataDir, 'empty'), '');
    mkdirSync(join(dataDir, 'folder'));
    writeFileSync(join(dataDir, 'other'), 'x');
    expect(() => readSecret(dataDir, 'empty', same)).toThrow(unusable);
    expect(() => readSecret(dataDir, 'folder', same)).toThrow(unusable);
    expect(() => readSecret(dataDir, 'other', (text) => new URL(text))).toThrow(unusable);
  });
});

describe('AccessTokens.open', () => {
  it('throws APP_SECRET_UNUSABLE for an empty or cut-off signing key, and says to delete it', () => {
    AccessTokens.open(dataDir, new FakeClock());
    const file = join(dataDir, 'signing-key.pem');
    const pem = readFileSync(file, 'utf8');
    for (const text of ['', pem.slice(0, 50)]) {
      writeFileSync(file, text);
      expect(() => AccessTokens.open(dataDir, new FakeClock())).toThrow(
        expect.objectContaining({
          code: 'APP_SECRET_UNUSABLE',
          spec: expect.objectContaining({ fix: expect.stringContaining('delete the file') as string }) as object,
        }),
      );
    }
  });
});
