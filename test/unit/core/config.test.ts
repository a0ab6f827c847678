import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { envName, loadConfig } from '../../../src/core/config/load.ts';
import { flag, integer, textList } from '../../../src/core/config/units.ts';

const schema = z.strictObject({
  app: z.strictObject({
    httpPort: integer({ min: 0, max: 65_535 }).default(8080),
    apiKey: z.string().min(8).optional(),
    demo: flag.default(true),
  }),
  hls: z.strictObject({
    latency: z.enum(['low', 'ultra']).default('low'),
    windowSec: integer({ min: 6, max: 60 }).default(30),
  }),
  sfuCascade: z.strictObject({ listenIps: textList.default(['127.0.0.1']) }),
});

function problemsOf(sources: Parameters<typeof loadConfig>[1]): string {
  try {
    loadConfig(schema, sources);
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', fault: 'caller' });
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  it('returns defaults when nothing is given', () => {
    expect(loadConfig(schema, { env: {} })).toEqual({
      app: { httpPort: 8080, demo: true },
      hls: { latency: 'low', windowSec: 30 },
      sfuCascade: { listenIps: ['127.0.0.1'] },
    });
  });

  it('lets the environment override the file, and the file the defaults', () => {
    const yaml = 'app:\n  httpPort: 1\nhls:\n  windowSec: 20\n';
    const config = loadConfig(schema, {
      env: { ROSTRUM_HTTP_PORT: '2', ROSTRUM_DEMO: 'false', ROSTRUM_SFU_CASCADE_LISTEN_IPS: 'a, b' },
      yaml,
    });
    expect(config.app).toEqual({ httpPort: 2, demo: false });
    expect(config.hls.windowSec).toBe(20);
    expect(config.sfuCascade.listenIps).toEqual(['a', 'b']);
  });

  it('refuses an unknown environment variable and names the nearest key', () => {
    expect(problemsOf({ env: { ROSTRUM_HTP_PORT: '1' } })).toContain(
      'Unknown key ROSTRUM_HTP_PORT in the environment. Did you mean "ROSTRUM_HTTP_PORT"?',
    );
  });

  it('refuses unknown keys and sections of the file', () => {
    const text = problemsOf({ env: {}, yaml: 'hls:\n  windwSec: 5\nhlss:\n  a: 1\n' });
    expect(text).toContain('Unknown key "hls.windwSec". Did you mean "hls.windowSec"?');
    expect(text).toContain('Unknown section "hlss". Did you mean "hls"?');
  });

  it.each([
    ['hls: 5', 'hls is 5: must be a section with keys below it, such as "latency:".'],
    ['hls: low', 'hls is "low": must be a section'],
    ['hls: true', 'hls is true: must be a section'],
    ['hls: [low]', 'hls is a list: must be a section'],
    ['app: "apiKey: hush-hush"', 'app is (hidden): must be a section'],
  ])('refuses the file %s with section, value and rule', (yaml, message) => {
    expect(problemsOf({ env: {}, yaml })).toContain(message);
  });

  it('shows nothing of a list that may hold a secret', () => {
    expect(problemsOf({ env: {}, yaml: 'app:\n  - apiKey: hush-hush\n' })).not.toContain('hush');
  });

  it('takes an empty section for one without keys', () => {
    expect(loadConfig(schema, { env: {}, yaml: 'hls:\napp: {}\n' }).hls.windowSec).toBe(30);
  });

  it('refuses a section named like a property of every object', () => {
    expect(problemsOf({ env: {}, yaml: 'constructor: {}\n' })).toContain('Unknown section "constructor".');
    expect(problemsOf({ env: {}, yaml: '__proto__: 5\n' })).toContain('Unknown section "__proto__".');
  });

  it('names key, value and rule of a bad value', () => {
    const text = problemsOf({ env: { ROSTRUM_HTTP_PORT: '99999', ROSTRUM_HLS_LATENCY: 'fast' } });
    expect(text).toMatch(/app\.httpPort \(ROSTRUM_HTTP_PORT\) is "99999": .*65535/);
    expect(text).toMatch(/hls\.latency \(ROSTRUM_HLS_LATENCY\) is "fast": .*"low"/);
  });

  it('never prints a secret value', () => {
    expect(problemsOf({ env: { ROSTRUM_API_KEY: 'hush' } })).not.toContain('hush');
  });

  it('refuses a file that is no YAML or no mapping', () => {
    expect(problemsOf({ env: {}, yaml: 'a: [1' })).toContain('YAML file cannot be read');
    expect(problemsOf({ env: {}, yaml: '- a' })).toContain('must hold sections');
  });

  it('ignores reserved and foreign variables', () => {
    expect(() =>
      loadConfig(schema, { env: { ROSTRUM_CONFIG: 'x', PATH: '/bin' }, reserved: ['ROSTRUM_CONFIG'] }),
    ).not.toThrow();
  });
});

describe('envName', () => {
  it('spells section and key in capitals, without the section for app', () => {
    expect(envName('app', 'httpPort')).toBe('ROSTRUM_HTTP_PORT');
    expect(envName('hls', 'partTargetMs')).toBe('ROSTRUM_HLS_PART_TARGET_MS');
  });
});
