import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../web/src/lib/api-error.ts';
import { maxLogoBytes, ProgramHost } from '../../../../web/src/stage/program/program-host.ts';

interface Call {
  readonly url: string;
  readonly init: RequestInit;
}

function setUp(answer: { status: number; body: unknown } = { status: 200, body: { frameIndex: 1, problems: [] } }) {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    calls.push({ url, init });
    const body = url === '/api/time' ? { wallMs: 5_000_000 } : answer.body;
    return Promise.resolve(new Response(JSON.stringify(body), { status: url === '/api/time' ? 200 : answer.status }));
  });
  const requests: [string, unknown][] = [];
  const reports: (string | undefined)[] = [];
  let refusal: ApiError | undefined;
  const host = new ProgramHost({
    signaling: {
      request: (name, payload) => {
        requests.push([name, payload]);
        return refusal === undefined ? Promise.resolve({ applied: null } as never) : Promise.reject(refusal);
      },
    },
    webinarId: 'w',
    token: 'a.host.token',
    report: (message) => void reports.push(message),
  });
  return { host, calls, requests, reports, refuse: (error: ApiError) => (refusal = error) };
}

afterEach(() => vi.unstubAllGlobals());

describe('ProgramHost', () => {
  it('setLayout, setPinned and setScene go over signaling and take an earlier problem away', async () => {
    const { host, requests, reports } = setUp();
    await host.setLayout({ layout: 'grid' });
    await host.setPinned('bob', true);
    await host.setScene({ kind: 'backSoon' });
    expect(requests).toEqual([
      ['setLayout', { layout: 'grid' }],
      ['setPinned', { peerId: 'bob', pinned: true }],
      ['setScene', { kind: 'backSoon' }],
    ]);
    expect(reports).toEqual([undefined, undefined, undefined]);
  });

  it('countDown counts from the clock of the server', async () => {
    const { host, requests } = setUp();
    await host.countDown(1.5);
    expect(requests).toEqual([['setScene', { kind: 'countdown', untilWallMs: 5_090_000 }]]);
  });

  it('reports a refusal as it is, and an answer that is late as something that will still come', async () => {
    const { host, reports, refuse } = setUp();
    refuse(new ApiError('PROGRAM_PARTICIPANT_UNKNOWN', 'Nobody with this id is on stage.'));
    await host.setPinned('eve', true);
    expect(reports.at(-1)).toBe('The pin was not changed: Nobody with this id is on stage.');
    refuse(new ApiError('PROGRAM_NOT_APPLIED', 'Too late.'));
    await host.setLayout({ layout: 'grid' });
    expect(reports.at(-1)).toContain('comes by itself');
  });

  it('setLook sends only the change, with the token of the host, and takes "not live" for done', async () => {
    const body = { error: { code: 'PROGRAM_NOT_LIVE', message: 'Kept.' } };
    const { host, calls, reports } = setUp({ status: 409, body });
    await host.setLook({ ticker: 'News' });
    expect(calls).toMatchObject([
      { url: '/api/webinars/w/branding', init: { method: 'PUT', body: '{"ticker":"News"}' } },
    ]);
    expect(calls[0]?.init.headers).toMatchObject({ authorization: 'Bearer a.host.token' });
    expect(reports).toEqual([undefined]);
  });

  it('setLogo sends the bytes as base64, reports what the mixer leaves out, and sends nothing too large', async () => {
    const problems = [{ part: 'logo', code: 'MIXER_IMAGE_INVALID', message: 'The file is no picture.' }];
    const { host, calls, reports } = setUp({ status: 200, body: { frameIndex: 1, problems } });
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    await host.setLogo(new Blob([bytes]));
    const sent = JSON.parse(calls[0]!.init.body as string) as { logo: { imageBase64: string } };
    expect(Buffer.from(sent.logo.imageBase64, 'base64').equals(bytes)).toBe(true);
    expect(reports.at(-1)).toBe('The file is no picture.');
    await host.setLogo(new Blob([new Uint8Array(maxLogoBytes + 1)]));
    expect(calls).toHaveLength(1);
    expect(reports.at(-1)).toContain('too large');
  });
});
