/** What a connection says about rules 5 and 77, without a server: kinds of answers that no test server can give. */
import { type CheckAnswer } from '../../../src/hls/check/http/answer.ts';
import { checkConnection } from '../../../src/hls/check/probes/connection.ts';
import { type Case, found } from './good-stream.ts';

const answer: CheckAnswer = {
  url: 'https://origin.test/media.m3u8',
  status: 200,
  headers: {},
  body: Buffer.from('#EXTM3U\n'),
  redirects: [],
  askedAtMs: 0,
  firstByteAtMs: 1,
  endAtMs: 1,
};

const connected = (protocol: string | undefined, tlsVersion: string | undefined, headers = {}) =>
  found((judge) => checkConnection({ protocol, tlsVersion }, { ...answer, headers }, judge));

export const connectionCases: readonly Case[] = [
  { rule: 77, what: 'HTTP/1.1', broken: () => connected('http/1.1', 'TLSv1.3') },
  { rule: 77, what: 'TLS 1.1', broken: () => connected('h2', 'TLSv1.1') },
];

export const goodConnections = (): string[][] => [
  connected('h2', 'TLSv1.2'),
  connected('http/1.1', 'TLSv1.3', { 'alt-svc': 'h3=":443"; ma=86400' }),
];
