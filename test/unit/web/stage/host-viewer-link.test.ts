import { describe, expect, it, vi } from 'vitest';
import { HostViewerLink } from '../../../../web/src/stage/host-viewer-link.ts';

const url = 'https://live.example.org/watch/w#invitation';

function setUp(...answers: (() => Promise<Response>)[]) {
  const asked: { path: string; authorization: string | null }[] = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    asked.push({ path, authorization: new Headers(init.headers).get('authorization') });
    return answers[asked.length - 1]!();
  });
  const link = new HostViewerLink('w', 'a.host.token');
  const phases: string[] = [link.state.value.phase];
  link.state.subscribe(() => phases.push(link.state.value.phase));
  return { link, asked, phases };
}
const answer = (status: number, body: unknown) => () => Promise.resolve(new Response(JSON.stringify(body), { status }));

describe('HostViewerLink', () => {
  it('has no link before the server answers, then the one that it gives', async () => {
    const { link, asked } = setUp(answer(200, { url }));
    const asking = link.ask();
    expect(link.state.value).toEqual({ phase: 'asking' });
    await asking;
    expect(link.state.value).toEqual({ phase: 'known', url });
    expect(asked).toEqual([{ path: '/api/webinars/w/viewer-link', authorization: 'Bearer a.host.token' }]);
  });

  it.each([
    ['no answer', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a refusal', answer(503, { error: { code: 'CORE_CLOSED', message: 'No.' } })],
    ['an answer without a link', answer(200, {})],
  ])('has none after %s, and gets it when it asks again', async (_what, failure) => {
    const { link, phases } = setUp(failure, answer(200, { url }));
    await link.ask();
    expect(link.state.value).toEqual({ phase: 'failed' });
    await link.ask();
    expect(link.state.value).toEqual({ phase: 'known', url });
    expect(phases).toEqual(['asking', 'asking', 'failed', 'asking', 'known']);
  });
});
