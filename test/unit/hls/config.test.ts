import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../../src/core/config/load.ts';
import { hlsConfigSchema } from '../../../src/hls/index.ts';

const load = (publicUrl: string) =>
  loadConfig(z.strictObject({ hls: hlsConfigSchema }), { env: { ROSTRUM_HLS_PUBLIC_URL: publicUrl } }).hls.publicUrl;

const loadAll = (env: Record<string, string>) => loadConfig(z.strictObject({ hls: hlsConfigSchema }), { env }).hls;

describe('hlsConfigSchema', () => {
  it.each([
    [{ ROSTRUM_HLS_STORE_BUCKET: 'programs' }, 'storeBucket and storeUrl go together'],
    [{ ROSTRUM_HLS_STORE_URL: 'https://cdn.example/hls' }, 'storeBucket and storeUrl go together'],
    [{ ROSTRUM_HLS_STORE_PREFIX: '../x/' }, 'must be words'],
    [{ ROSTRUM_HLS_STORE_PREFIX: 'hls' }, 'must be words'],
  ])('refuses %o with CONFIG_INVALID: %s', (env, reason) => {
    expect(() => loadAll(env)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(reason) as string }),
    );
  });

  it('takes a bucket with an address', () => {
    const env = { ROSTRUM_HLS_STORE_BUCKET: 'programs', ROSTRUM_HLS_STORE_URL: 'https://cdn.example/hls' };
    expect(loadAll(env)).toMatchObject({ storeBucket: 'programs', storePrefix: 'hls/' });
  });

  it.each(['https://live.example.org', 'http://live.example.org:8080/'])('takes %s as publicUrl', (publicUrl) => {
    expect(load(publicUrl)).toBe(publicUrl);
  });

  it.each([
    ['live.example.org', 'Invalid URL'],
    ['ftp://live.example.org', 'Invalid URL'],
    ['https://live.example.org/hls', 'must have no path, user or query'],
    ['https://user@live.example.org', 'must have no path, user or query'],
  ])('refuses %s as publicUrl with CONFIG_INVALID: %s', (publicUrl, reason) => {
    expect(() => load(publicUrl)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(reason) as string }),
    );
  });
});
