import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApiKey } from '../../../../src/app/auth/api-key.ts';
import { FakeClock } from '../../../../src/core/clock.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'rostrum-key-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('openApiKey', () => {
  it('makes a key once, keeps only its hash, and accepts it after a restart', () => {
    const clock = new FakeClock();
    const first = openApiKey({ dataDir, configured: undefined, clock });
    first.confirm();
    const file = join(dataDir, 'api-key.sha256');
    expect(readFileSync(file, 'utf8')).not.toContain(first.newKey);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = openApiKey({ dataDir, configured: undefined, clock });
    expect(second.newKey).toBeUndefined();
    expect(() => second.guard.check(`Bearer ${first.newKey}`, '::1')).not.toThrow();
  });

  it('makes another key when the one before was never confirmed', () => {
    const clock = new FakeClock();
    const first = openApiKey({ dataDir, configured: undefined, clock });
    expect(() => first.guard.check(`Bearer ${first.newKey}`, '::1')).not.toThrow();
    const second = openApiKey({ dataDir, configured: undefined, clock });
    expect(second.newKey).toEqual(expect.any(String));
    expect(second.newKey).not.toBe(first.newKey);
  });

  it('throws APP_SECRET_UNUSABLE for an empty and for a cut-off hash', () => {
    for (const text of ['', 'abcdef\n']) {
      writeFileSync(join(dataDir, 'api-key.sha256'), text);
      expect(() => openApiKey({ dataDir, configured: undefined, clock: new FakeClock() })).toThrow(
        expect.objectContaining({ code: 'APP_SECRET_UNUSABLE' }),
      );
    }
  });
});

describe('ApiKeyGuard', () => {
  it('check rejects a missing, malformed and wrong key with its own code', () => {
    const { guard } = openApiKey({ dataDir, configured: 'a'.repeat(24), clock: new FakeClock() });
    expect(() => guard.check(undefined, 'a')).toThrow(expect.objectContaining({ code: 'AUTH_API_KEY_MISSING' }));
    expect(() => guard.check('Basic abc', 'a')).toThrow(expect.objectContaining({ code: 'AUTH_API_KEY_MISSING' }));
    expect(() => guard.check('Bearer wrong', 'a')).toThrow(expect.objectContaining({ code: 'AUTH_API_KEY_WRONG' }));
  });

  it('check slows an address down after twenty wrong keys; the right key always passes', () => {
    const clock = new FakeClock();
    const { guard } = openApiKey({ dataDir, configured: 'a'.repeat(24), clock });
    const good = `Bearer ${'a'.repeat(24)}`;
    for (let attempt = 0; attempt < 20; attempt++) expect(() => guard.check('Bearer wrong', '10.0.0.1')).toThrow();
    const refusal = (address: string) => () => guard.check('Bearer wrong', address);
    expect(refusal('10.0.0.1')).toThrow(expect.objectContaining({ code: 'AUTH_RATE_LIMITED' }));
    expect(refusal('10.0.0.2')).toThrow(expect.objectContaining({ code: 'AUTH_API_KEY_WRONG' }));
    expect(() => guard.check(good, '10.0.0.1')).not.toThrow();
    clock.advance(60_001);
    expect(refusal('10.0.0.1')).toThrow(expect.objectContaining({ code: 'AUTH_API_KEY_WRONG' }));
  });
});
