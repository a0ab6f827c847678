/** Rule 47: asks for the hinted part before it exists, and for one that nobody hinted. */
import { type CheckAnswer } from '../http/answer.ts';
import { checkErrorCaching } from '../rules/http-answers.ts';
import { holdDeadlineMs, type ProbeContext, promptMs } from './live-edge.ts';

/** Undefined when nothing is hinted, or the segment closed without the part. */
export async function probeHintedPart({ client, judge, newest }: ProbeContext): Promise<CheckAnswer | undefined> {
  const playlist = newest();
  const hint = playlist.preloadHints.find(({ attributes }) => attributes.get('TYPE') === 'PART')?.attributes;
  const uri = hint?.get('URI');
  if (uri === undefined || hint!.has('BYTERANGE-START') || !URL.canParse(uri, playlist.url)) return undefined;
  const url = new URL(uri, playlist.url).href;
  const answer = await client.ask(url, { deadlineMs: holdDeadlineMs(playlist), maxBytes: 64 * 1024 * 1024 });
  // The segment may have closed early; whether it did is for whoever follows the playlist.
  if (answer.status === 404 || answer.status === 503) return undefined;
  const place = { url, mediaSequenceNumber: playlist.open?.mediaSequenceNumber };
  judge.hold(47, answer.status === 200, () => ({
    expected: 'the hinted part when it is complete',
    seen: `status ${answer.status}`,
    ...place,
  }));
  if (answer.status !== 200) return undefined;
  judge.hold(47, answer.headers['content-length'] !== undefined, () => ({
    expected: 'a hinted part sent with its Content-Length',
    seen: answer.headers['transfer-encoding'] ?? 'none',
    ...place,
  }));
  return answer;
}

export async function probeUnknownPart({ client, judge, newest }: ProbeContext): Promise<void> {
  const playlist = newest();
  const known = playlist.open?.parts[0]?.uri ?? playlist.segments.at(-1)?.uri;
  if (known === undefined || !URL.canParse(known, playlist.url)) return;
  const url = new URL('rostrum-check-unknown.m4s', new URL(known, playlist.url)).href;
  if (!client.isAllowed(url)) return;
  const answer = await client.ask(url);
  const tookMs = answer.endAtMs - answer.askedAtMs;
  const isRefused = [404, 403, 410].includes(answer.status);
  judge.hold(47, isRefused && tookMs < promptMs, () => ({
    isTiming: isRefused,
    severity: answer.status === 200 ? 'E' : 'W',
    expected: '404 at once for a part that nobody hinted',
    seen: `status ${answer.status} after ${tookMs.toFixed(0)} ms`,
    url,
  }));
  checkErrorCaching(answer, { strict: 'E', targetDurationSec: playlist.targetDurationSec }, judge);
}
