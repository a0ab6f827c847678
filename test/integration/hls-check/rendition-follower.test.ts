/** Following along the parts when the server does not play along: what goes on, and what is said when it does not. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { checkStream } from '../../../src/hls/check/index.ts';
import { refused, type Tampering, TamperingProxy, withHeaders } from '../../support/hls-check/tampering-proxy.ts';
import { LiveTestProgram } from '../../support/live-test-program.ts';

const path = '/hls/webinar-1/session-1/video/media.m3u8';

let live: LiveTestProgram;
beforeAll(async () => {
  live = await LiveTestProgram.start({ windowSec: 16 }, 19.1);
});
afterAll(() => live.close());

async function check(tampering: Tampering) {
  const proxy = new TamperingProxy(live.server, tampering);
  await proxy.listen();
  try {
    return await checkStream({ url: proxy.url(path), seconds: 8, clock: systemClock });
  } finally {
    await proxy.close();
  }
}
const isChain = (query: string) => /^_HLS_msn=\d+&_HLS_part=\d+/.test(query);
const noteOf = (notes: readonly { readonly text: string }[], start: string) =>
  notes.find(({ text }) => text.startsWith(start))?.text;

it('goes on behind ten answers of 503', async () => {
  let leftCount = 20;
  const { counts, notes } = await check({
    answer: ({ query }, reply) =>
      isChain(query) && leftCount-- > 0 ? withHeaders(refused(reply, 503), { 'retry-after': '1' }) : undefined,
  });
  expect(leftCount).toBeLessThan(0);
  expect(counts.deltaUpdates).toBeGreaterThan(0);
  expect(noteOf(notes, 'blocking reload')).toBeUndefined();
});

it('stops behind six answers without anything new, and notes it', async () => {
  let first: Parameters<NonNullable<Tampering['answer']>>[1] | undefined;
  const { notes } = await check({
    answer: ({ query }, reply) => (isChain(query) && !query.includes('_HLS_skip') ? (first ??= reply) : undefined),
  });
  expect(noteOf(notes, 'blocking reload')).toContain('bring nothing new');
});

it('notes delta updates that could not be had', async () => {
  const { counts, notes } = await check({
    answer: ({ query }, reply) =>
      query.includes('_HLS_skip') ? { ...reply, body: Buffer.alloc(9 * 1024 * 1024) } : undefined,
  });
  expect(noteOf(notes, 'delta update')).toContain('HLS_CHECK_ANSWER_TOO_LARGE');
  expect(counts.deltaUpdates).toBe(0);
});
