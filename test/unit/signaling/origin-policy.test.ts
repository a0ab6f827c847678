import { describe, expect, it } from 'vitest';
import { isOriginAllowed } from '../../../src/signaling/origin-policy.ts';
import { signalingConfigSchema } from '../../../src/signaling/index.ts';

describe('isOriginAllowed', () => {
  it.each([
    ['no origin (no browser)', undefined, 'stage.example.org', true],
    ['the same host', 'https://stage.example.org', 'stage.example.org', true],
    ['the same host and port', 'http://127.0.0.1:8080', '127.0.0.1:8080', true],
    ['the same host in capitals', 'https://stage.example.org', 'STAGE.example.org', true],
    ['another port', 'http://127.0.0.1:8081', '127.0.0.1:8080', false],
    ['a listed origin', 'https://pages.example.org', 'stage.example.org', true],
    ['a listed origin with another scheme', 'http://pages.example.org', 'stage.example.org', false],
    ['a name that begins like a listed one', 'https://pages.example.org.evil.test', 'stage.example.org', false],
    ['a sandboxed page', 'null', 'stage.example.org', false],
    ['no host header', 'https://stage.example.org', undefined, false],
    ['garbage', '%%%', '%%%', false],
  ])('of %s', (_what, origin, host, isAllowed) => {
    expect(isOriginAllowed(origin, host, ['https://pages.example.org'])).toBe(isAllowed);
  });
});

describe('signalingConfigSchema', () => {
  it('takes origins and refuses what is none', () => {
    const allowedOrigins = 'https://a.example, http://b.example:8080';
    expect(signalingConfigSchema.parse({ allowedOrigins }).allowedOrigins).toHaveLength(2);
    for (const bad of ['https://a.example/', 'a.example', '*', 'https://a.example/path'])
      expect(signalingConfigSchema.safeParse({ allowedOrigins: bad }).success).toBe(false);
  });
});
