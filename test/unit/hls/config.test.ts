import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../../src/core/config/load.ts';
import { hlsConfigSchema } from '../../../src/hls/index.ts';

const load = (publicUrl: string) =>
  loadConfig(z.strictObject({ hls: hlsConfigSchema }), { env: { ROSTRUM_HLS_PUBLIC_URL: publicUrl } }).hls.publicUrl;

describe('hlsConfigSchema', () => {
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
