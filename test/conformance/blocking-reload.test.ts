/** Delivery directives over real HTTP (rfc8216bis §6.2.5; rules 41 to 49 of the conformance list). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OriginServer, until } from '../support/hls-http.ts';
import { parseMediaPlaylist } from '../support/hls-playlist-parser.ts';
import { TestProgram } from '../support/hls-program.ts';

const root = '/hls/webinar-1';
const video = `${root}/session-1/video`;
const playlist = `${video}/media.m3u8`;

let test: TestProgram;
let server: OriginServer;

beforeEach(async () => {
  test = new TestProgram({ hasCaptions: true });
  server = new OriginServer(test.config, test.clock);
  server.origin.addProgram(test.program);
  await server.listen();
  test.beginRun();
});

afterEach(() => server.close());

/** Three segments, then `partCount` parts of segment 3. */
function goLive(partCount = 2): void {
  test.feed(6 + partCount / 3 + 0.05);
}

async function held(count: number): Promise<void> {
  await until(() => server.origin.heldRequestCount === count, `${count} held requests`);
}

function code(body: Buffer): string {
  return (JSON.parse(body.toString()) as { error: { code: string } }).error.code;
}

describe('rule 41: malformed directives', () => {
  it.each([
    '_HLS_part=1',
    '_HLS_msn=-1',
    '_HLS_msn=x',
    '_HLS_msn=1.5',
    '_HLS_msn=',
    '_HLS_msn=1&_HLS_msn=2',
    '_HLS_msn=3&_HLS_part=0&_HLS_part=1',
    '_HLS_msn=9999999999999999999999',
    '_HLS_skip=maybe',
  ])('answers 400 to ?%s', async (query) => {
    goLive();
    const reply = await server.get(`${playlist}?${query}`);
    expect([reply.status, code(reply.body)]).toEqual([400, 'HLS_DIRECTIVE_INVALID']);
  });

  it('ignores parameters of others', async () => {
    goLive();
    expect((await server.get(`${playlist}?CMCD=bl%3D1&token=x`)).status).toBe(200);
  });
});

describe('rule 43: when a held request is answered', () => {
  it('answers at once, with the whole playlist, to what is listed or long gone', async () => {
    goLive();
    for (const query of ['_HLS_msn=0', '_HLS_msn=2', '_HLS_msn=3&_HLS_part=0', '_HLS_msn=3&_HLS_part=1']) {
      const reply = await server.get(`${playlist}?${query}`);
      expect(reply.status).toBe(200);
      expect(parseMediaPlaylist(reply.body.toString()).mediaSequenceNumber).toBe(0);
    }
  });

  it('holds a part until that part is listed, and no longer', async () => {
    goLive();
    const { reply } = server.start(`${playlist}?_HLS_msn=3&_HLS_part=2`);
    await held(1);
    test.feedParts(1);
    const { status, headers, body } = await reply;
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=12');
    expect(parseMediaPlaylist(body.toString()).open?.parts).toHaveLength(3);
  });

  it('holds a segment until all of it is listed', async () => {
    goLive();
    const { reply } = server.start(`${playlist}?_HLS_msn=3`);
    await held(1);
    test.feedParts(3);
    expect(server.origin.heldRequestCount).toBe(1);
    test.feedParts(1);
    expect(parseMediaPlaylist((await reply).body.toString()).segments).toHaveLength(4);
  });

  it('accepts the parameters in any order', async () => {
    goLive();
    expect((await server.get(`${playlist}?_HLS_skip=YES&_HLS_part=1&_HLS_msn=3`)).status).toBe(200);
  });
});

describe('rule 44: part index past the end of its segment', () => {
  it('rolls over to the first part of the next segment', async () => {
    goLive(0);
    const { reply } = server.start(`${playlist}?_HLS_msn=2&_HLS_part=6`);
    await held(1);
    test.feedParts(1);
    expect(parseMediaPlaylist((await reply).body.toString()).open?.parts).toHaveLength(1);
  });

  it('rolls over while it waits when the segment closes early', async () => {
    goLive(2);
    const { reply } = server.start(`${playlist}?_HLS_msn=3&_HLS_part=5`);
    await held(1);
    test.program.endRun('killed');
    expect(server.origin.heldRequestCount).toBe(1);
    test.beginRun();
    test.feedParts(1);
    test.feed(0.05);
    const parsed = parseMediaPlaylist((await reply).body.toString());
    expect([parsed.segments.length, parsed.open?.mediaSequenceNumber, parsed.open?.isDiscontinuity]).toEqual([
      4,
      4,
      true,
    ]);
  });
});

describe('rule 45: too far ahead', () => {
  it.each(['_HLS_msn=5', '_HLS_msn=3&_HLS_part=11', '_HLS_msn=4&_HLS_part=5'])('answers 400 to ?%s', async (query) => {
    goLive();
    const reply = await server.get(`${playlist}?${query}`);
    expect([reply.status, code(reply.body)]).toEqual([400, 'HLS_MSN_TOO_FAR']);
  });

  it('holds what a player without low-latency mode asks for: the last part of the next segment', async () => {
    goLive();
    const { reply } = server.start(`${playlist}?_HLS_msn=3&_HLS_part=5`);
    await held(1);
    test.feedParts(4);
    expect((await reply).status).toBe(200);
  });
});

describe('rules 42 and 46: the end of waiting', () => {
  it('answers 503 after three target durations without media', async () => {
    goLive();
    const { reply } = server.start(`${playlist}?_HLS_msn=3&_HLS_part=2`);
    await held(1);
    test.clock.advance(6000);
    const { status, headers, body } = await reply;
    expect([status, code(body), headers['retry-after'], headers['cache-control']]).toEqual([
      503,
      'HLS_HOLD_TIMEOUT',
      '1',
      'public, max-age=1',
    ]);
    expect(server.origin.heldRequestCount).toBe(0);
  });

  it('releases everybody with the ENDLIST playlist when the program ends', async () => {
    goLive();
    const replies = [
      server.start(`${playlist}?_HLS_msn=3&_HLS_part=2`).reply,
      server.start(`${playlist}?_HLS_msn=4`).reply,
      server.start(`${root}/session-1/audio/media.m3u8?_HLS_msn=3&_HLS_part=3&_HLS_skip=YES`).reply,
    ];
    await held(3);
    test.program.end();
    for (const { status, body } of await Promise.all(replies)) {
      expect(status).toBe(200);
      expect(parseMediaPlaylist(body.toString()).isEnded).toBe(true);
    }
  });

  it('ignores all directives once the playlist has ended', async () => {
    goLive();
    test.program.end();
    expect((await server.get(`${playlist}?_HLS_msn=900&_HLS_part=3`)).status).toBe(200);
  });
});

describe('rule 47: the hinted part', () => {
  it('is held until it is complete and then sent with its length', async () => {
    goLive();
    const { reply } = server.start(`${video}/3.2.m4s`);
    await held(1);
    test.feedParts(1);
    const { status, headers, body } = await reply;
    const part = test.sink.parts.find(
      (candidate) =>
        candidate.renditionId === 'video' && candidate.mediaSequenceNumber === 3 && candidate.partIndex === 2,
    );
    expect(status).toBe(200);
    expect(headers['content-length']).toBe(String(body.length));
    expect(body.equals(part!.bytes)).toBe(true);
  });

  it('becomes 404 when the segment closes without it', async () => {
    test.feed(6 + 2 / 3);
    const { reply } = server.start(`${video}/3.2.m4s`);
    await held(1);
    test.program.endRun('killed at the end of a part');
    expect((await reply).status).toBe(404);
  });

  it('is the short last part when the encoder dies inside it', async () => {
    goLive();
    const { reply } = server.start(`${video}/3.2.m4s`);
    await held(1);
    test.program.endRun('killed inside a part');
    expect((await reply).status).toBe(200);
  });

  it.each(['3.4.m4s', '4.0.m4s', '99.0.m4s', '3.m4s', 'init-1.mp4'])(
    'does not hold %s, which nobody hinted',
    async (file) => {
      goLive();
      expect((await server.get(`${video}/${file}`)).status).toBe(404);
    },
  );
});

describe('rule 49: before the first segment', () => {
  it('answers 503 with Retry-After to every playlist', async () => {
    test.feed(1.7);
    for (const path of [`${root}/multivariant.m3u8`, playlist, `${playlist}?_HLS_msn=0&_HLS_part=0`]) {
      const { status, headers, body } = await server.get(path);
      expect([status, headers['retry-after'], code(body)]).toEqual([503, '1', 'HLS_NOT_READY']);
    }
  });
});

describe('rule 61: captions, which have no parts', () => {
  const captions = `${root}/session-1/captions-en/media.m3u8`;
  const lastMsn = (body: Buffer) => parseMediaPlaylist(body.toString()).segments.at(-1)!.mediaSequenceNumber;

  it('holds a segment until it closes', async () => {
    goLive();
    const { reply } = server.start(`${captions}?_HLS_msn=3`);
    await held(1);
    test.feedParts(3);
    await held(1);
    test.feedParts(1);
    const { status, body } = await reply;
    expect([status, lastMsn(body)]).toEqual([200, 3]);
  });

  it('answers a request for a part when the pictures have it, with what there is', async () => {
    goLive();
    expect(lastMsn((await server.get(`${captions}?_HLS_msn=3&_HLS_part=1`)).body)).toBe(2);
    const { reply } = server.start(`${captions}?_HLS_msn=3&_HLS_part=2`);
    await held(1);
    test.feedParts(1);
    const { status, body } = await reply;
    expect([status, lastMsn(body)]).toEqual([200, 2]);
  });

  it('answers 400 to what is too far ahead', async () => {
    goLive();
    expect((await server.get(`${captions}?_HLS_msn=5`)).status).toBe(400);
  });
});
