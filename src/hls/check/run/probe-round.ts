/** The questions that are put to each media playlist once, beside following it. */
import { judgeAt, type Severity } from '../findings.ts';
import { probeBlockingReload } from '../probes/blocking-reload.ts';
import { probeHintedPart, probeUnknownPart } from '../probes/hinted-part.ts';
import { playlistIn, type ProbeContext, withQuery } from '../probes/live-edge.ts';
import { checkEtagPerEncoding, checkPreflight } from '../rules/http-answers.ts';
import { checkReload } from '../rules/reload.ts';
import { endOf, isLowLatency } from '../playlist/media-playlist.ts';

/** Hinted parts that are asked for, of each rendition. */
const hintCount = 3;

/** How much longer than the listed part the hinted one may take, ms: half a part, or what a busy machine may add. */
const burstMs = 150;

/** A live playlist may change between two loads: until they are of the same state, so often at most. */
const encodingAttempts = 5;

export async function probeStream(
  context: ProbeContext,
  { strict, isBlocking }: { readonly strict: Severity; readonly isBlocking: boolean },
): Promise<void> {
  const { client, url, judge, newest } = context;
  const preflight = {
    origin: 'https://rostrum-check.example',
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'range',
  };
  for (let attempt = 0; attempt < encodingAttempts; attempt++) {
    const zipped = await client.ask(url, { headers: { 'accept-encoding': 'gzip' } });
    const plain = await client.ask(url, { headers: { 'accept-encoding': 'identity' } });
    checkEtagPerEncoding(zipped, plain, judge);
    if (zipped.body.equals(plain.body)) break;
  }
  checkPreflight(await client.ask(url, { method: 'OPTIONS', headers: preflight }), strict, judge);
  if (!isBlocking) return;
  if (isLowLatency(newest())) {
    for (let index = 0; index < hintCount && !newest().isEnded; index++) await probeHint(context);
    await probeUnknownPart(context);
  }
  await probeBlockingReload(context);
}

/** Rule 47: what came for the hint is what the part is afterwards, and came as fast: a slow line is slow both times. */
async function probeHint(context: ProbeContext): Promise<void> {
  const held = await probeHintedPart(context);
  if (held === undefined) return;
  const again = await context.client.ask(held.url, { maxBytes: 64 * 1024 * 1024 });
  // A part that is missing although it is listed is for those who download what is listed.
  if (again.status !== 200) return;
  context.judge.hold(47, again.body.equals(held.body), () => ({
    expected: 'the same bytes for a hinted part before and after it is listed',
    seen: `${held.body.length} bytes, then ${again.body.length}`,
    url: held.url,
  }));
  const [heldTookMs, againTookMs] = [held, again].map(({ firstByteAtMs, endAtMs }) => endAtMs - firstByteAtMs) as [
    number,
    number,
  ];
  const limitMs = Math.max(burstMs, 500 * (context.newest().partTargetSec ?? 0));
  context.judge.hold(47, heldTookMs <= againTookMs + limitMs, () => ({
    isTiming: true,
    expected: 'no byte of a part before it is complete',
    seen: `${heldTookMs.toFixed(0)} ms between the first byte and the last, ${againTookMs.toFixed(0)} ms when it was listed`,
    url: held.url,
  }));
}

/** Rules 42 and 64: directives mean nothing any more, and nothing changes. */
export async function probeEnded({ client, judge, url, newest }: ProbeContext): Promise<void> {
  const at = judgeAt(judge, url);
  const ended = newest();
  const { lastMsn } = endOf(ended);
  for (const query of [`_HLS_msn=${lastMsn + 100}&_HLS_part=3`, '_HLS_skip=YES', '_HLS_part=3']) {
    const answer = await client.ask(withQuery(url, query), { headers: { 'accept-encoding': 'gzip' } });
    const playlist = playlistIn(answer);
    const isWhole = playlist?.isEnded === true && playlist.skip === undefined;
    at.hold(42, isWhole, () => ({
      expected: 'the whole ended playlist whatever directives are asked with',
      seen: playlist === undefined ? `status ${answer.status}` : 'a delta update, or no EXT-X-ENDLIST',
      url: answer.url,
    }));
  }
  const again = playlistIn(await client.ask(url, { headers: { 'accept-encoding': 'gzip' } }));
  if (again !== undefined) checkReload(ended, again, at);
}
