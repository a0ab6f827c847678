import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCoturnConfig } from '../../../../src/app/processes/coturn-config.ts';
import { buildBindingRequest, isBindingSuccess } from '../../../../src/app/processes/stun-probe.ts';
import { turnConfigSchema } from '../../../../src/app/processes/turn-config.ts';
import { createTurnCredentials } from '../../../../src/app/processes/turn-credentials.ts';
import { createTurnLog, redactTurnLine } from '../../../../src/app/processes/turn-log.ts';
import { FakeClock } from '../../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../../src/core/logger.ts';

describe('createTurnCredentials', () => {
  it('expire 600 s from now and carry the HMAC-SHA1 of the user name', () => {
    const { username, credential } = createTurnCredentials('north', 'peer-1', 1_700_000_000_999);
    expect(username).toBe('1700000600:peer-1');
    expect(credential).toBe(createHmac('sha1', 'north').update(username).digest('base64'));
  });
});

describe('renderCoturnConfig', () => {
  const text = renderCoturnConfig({
    listenIp: '192.0.2.2',
    port: 3478,
    relayIp: '192.0.2.2',
    announcedAddress: '198.51.100.7',
    minRelayPort: 50_000,
    maxRelayPort: 50_100,
    realm: 'rostrum',
    secret: 'hidden',
    sfuAddresses: ['192.0.2.2', '192.0.2.3'],
    pidFile: '/d/turn/pid',
    runAsUser: 'turnserver',
  });
  const lines = text.trimEnd().split('\n');

  it('denies every peer of both families and allows the SFU addresses', () => {
    expect(lines).toContain('denied-peer-ip=0.0.0.0-255.255.255.255');
    expect(lines).toContain('denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
    expect(lines.filter((line) => line.startsWith('allowed-peer-ip'))).toEqual([
      'allowed-peer-ip=192.0.2.2',
      'allowed-peer-ip=192.0.2.3',
    ]);
  });

  it('switches off the side doors and runs without privileges', () => {
    for (const line of ['no-tcp-relay', 'no-multicast-peers', 'no-cli', 'no-tls', 'no-dtls', 'stale-nonce=600']) {
      expect(lines).toContain(line);
    }
    expect(lines).toContain('proc-user=turnserver');
    expect(lines).toContain('external-ip=198.51.100.7/192.0.2.2');
  });
});

describe('turnConfigSchema', () => {
  it('accepts an empty section', () => {
    expect(turnConfigSchema.parse({})).toMatchObject({ enabled: true, port: 3478, realm: 'rostrum' });
  });

  it.each([
    ['a secret that would end its line', { secret: 'sixteen-or-longer\nno-auth' }],
    ['a realm that begins a comment', { realm: 'r #' }],
    ['a short secret', { secret: 'short' }],
    ['a relay range upside down', { minRelayPort: 50_000, maxRelayPort: 49_999 }],
    ['an address that is none', { listenIp: 'localhost' }],
  ])('refuses %s', (_what, section) => {
    expect(turnConfigSchema.safeParse(section).success).toBe(false);
  });
});

describe('isBindingSuccess', () => {
  const transactionId = Uint8Array.from({ length: 12 }, (_, index) => index);

  it('accepts the success response to the request and nothing else', () => {
    const request = buildBindingRequest(transactionId);
    const response = Uint8Array.from(request).fill(1, 0, 2);
    expect(isBindingSuccess(response, transactionId)).toBe(true);
    expect(isBindingSuccess(request, transactionId)).toBe(false);
    expect(isBindingSuccess(response, Uint8Array.from(transactionId).fill(9))).toBe(false);
  });

  it('answers false to any other bytes without throwing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => !isBindingSuccess(bytes, transactionId)));
  });
});

describe('turn log', () => {
  it('redacts user names and the secret', () => {
    const line = '0: : ERROR: check_stun_auth: user <1700000600:peer-1> key 1700000600:peer-1 secret hidden-value';
    expect(redactTurnLine(line, 'hidden-value')).toBe(
      '0: : ERROR: check_stun_auth: user <redacted> key [redacted] secret [redacted]',
    );
  });

  it('passes 20 errors in 10 s and then only their count', () => {
    const clock = new FakeClock();
    const warnings: unknown[] = [];
    const logger: Logger = { ...silentLogger, warn: (fields) => void warnings.push(fields) };
    const onLine = createTurnLog({ logger, clock, secret: 'hidden' });
    for (let index = 0; index < 50; index++) onLine('ERROR: again');
    expect(warnings).toHaveLength(20);
    clock.advance(10_000);
    onLine('ERROR: later');
    expect(warnings.slice(20)).toEqual([{ foldedCount: 30 }, { text: 'ERROR: later' }]);
  });
});
