import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { FakeClock } from '../../../src/core/clock.ts';
import { signalingLimits } from '../../../src/signaling/index.ts';
import { stageRequestSchemas } from '../../../src/signaling/protocol/index.ts';
import { opusParameters } from '../../support/stage-rtp.ts';
import { startStageServer, type TestStage } from '../../support/stage-server.ts';

describe('hostile clients', () => {
  let stage: TestStage;
  beforeAll(async () => {
    stage = await startStageServer({ config: { maxConnectionsPerIp: 1000 } });
  });
  afterAll(() => stage.close());

  it('any payload on any request is answered once with a code or accepted, and the server lives', async () => {
    const names = Object.keys(stageRequestSchemas).filter((name) => name !== 'join' && name !== 'leave');
    let { client } = await stage.join({ webinarId: 'fuzz', role: 'host' });
    const codes = new Map<string, number>();
    let runCount = 0;
    const value = fc.oneof(
      fc.anything({ maxDepth: 3 }),
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.object(),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), value, async (name, payload) => {
        // A fresh connection now and then, so that the payloads are looked at and not turned away by rate.
        if (runCount++ % 30 === 0) client.socket.disconnect();
        if (!client.socket.connected) ({ client } = await stage.join({ webinarId: 'fuzz', role: 'host' }));
        let wire: unknown;
        try {
          wire = JSON.parse(JSON.stringify(payload)) as unknown;
        } catch {
          wire = null;
        }
        const reply = await client.raw(name, wire);
        expect(typeof reply.ok).toBe('boolean');
        const code = reply.ok ? 'ok' : reply.error.code;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        if (!reply.ok) expect(reply.error.code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
      }),
      { numRuns: 300, seed: 20261123 },
    );
    expect(codes.get('SIGNALING_PAYLOAD_INVALID')).toBeGreaterThan(200);
    expect(codes.get('CORE_INTERNAL')).toBeUndefined();
    await stage.join({ webinarId: 'after-fuzz' });
  });

  it('mutated RTP parameters on produce are answered, never kill a worker', async () => {
    const pids = stage.sfu.workerPids;
    const base = opusParameters();
    const mutation = fc.record({
      ssrc: fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer(), fc.double()),
      payloadType: fc.oneof(fc.integer({ min: 0, max: 127 }), fc.integer()),
      clockRate: fc.constantFrom(48_000, 90_000, 1, 0, -1),
      id: fc.oneof(fc.integer({ min: 1, max: 255 }), fc.integer()),
      cname: fc.string({ maxLength: 80 }),
      mid: fc.string({ maxLength: 20 }),
      parameters: fc.dictionary(fc.string({ maxLength: 10 }), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
      encodingCount: fc.integer({ min: 0, max: 5 }),
    });
    let count = 0;
    let current: Awaited<ReturnType<TestStage['join']>>['client'] | undefined;
    let transportId = '';
    await fc.assert(
      fc.asyncProperty(mutation, async (mutated) => {
        if (count++ % 40 === 0 || current === undefined) {
          current?.socket.disconnect();
          ({ client: current } = await stage.join({ webinarId: 'mutants' }));
          ({ transportId } = await current.ok('createTransport', { direction: 'send' }));
        }
        const codec = { ...base.codecs[0], payloadType: mutated.payloadType, clockRate: mutated.clockRate };
        const rtpParameters = {
          ...base,
          mid: mutated.mid,
          codecs: [{ ...codec, parameters: mutated.parameters }],
          headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: mutated.id }],
          encodings: Array.from({ length: mutated.encodingCount }, () => ({ ssrc: mutated.ssrc })),
          rtcp: { cname: mutated.cname },
        };
        const payload = { transportId, kind: 'audio', source: 'microphone', rtpParameters, paused: false };
        const reply = await current.raw('produce', payload);
        if (reply.ok) await current.ok('closeProducer', reply.data as { producerId: string });
      }),
      { numRuns: 150, seed: 20261123 },
    );
    expect(stage.sfu.workerPids).toEqual(pids);
  });

  it('unknown events, events without acknowledgement and with extra arguments end the connection after ten', async () => {
    const { client } = await stage.join({ webinarId: 'noise' });
    expect(await client.fails('shutdown', {})).toBe('SIGNALING_REQUEST_UNKNOWN');
    expect(await client.fails('__proto__', {})).toBe('SIGNALING_REQUEST_UNKNOWN');
    expect(await client.fails('constructor', {})).toBe('SIGNALING_REQUEST_UNKNOWN');
    const extra = await client.raw('createTransport', { direction: 'send' }, 'extra');
    expect(extra).toMatchObject({ ok: false, error: { code: 'SIGNALING_PAYLOAD_INVALID' } });
    for (let index = 0; index < 6; index++) client.socket.emit('createTransport', { direction: 'send' });
    await client.gone();
    expect(client.events.at(-1)).toMatchObject({ name: 'removed', payload: { code: 'SIGNALING_ABUSE' } });
    const { body } = await stage.metrics.render();
    expect(body).toMatch(/requests_total\{request="unknown",outcome="SIGNALING_REQUEST_UNKNOWN"\} 3/);
  });

  it('a flood is refused with SIGNALING_RATE_LIMITED and ends the connection, another peer is served meanwhile', async () => {
    const { client } = await stage.join({ webinarId: 'flood' });
    const { client: calm } = await stage.join({ webinarId: 'flood' });
    const request = { consumerId: 'x' };
    expect(await client.fails('pauseConsumer', request)).toBe('MEDIA_NOT_FOUND');
    const replies: string[] = [];
    for (let index = 0; index < 600; index++)
      client.socket.emit('pauseConsumer', request, (reply: { error: { code: string } }) =>
        replies.push(reply.error.code),
      );
    await calm.ok('createTransport', { direction: 'send' });
    await client.gone();
    // The first ones may still be under way when the connection ends, and too many at once when they arrive together.
    expect(replies).toContain('SIGNALING_RATE_LIMITED');
    const expected = ['MEDIA_NOT_FOUND', 'SIGNALING_BUSY', 'SIGNALING_RATE_LIMITED'];
    expect(replies.filter((code) => !expected.includes(code))).toEqual([]);
    expect(calm.socket.connected).toBe(true);
  });

  it('a handler that throws something odd or never answers gives a coded error, and the process lives', async () => {
    const clock = new FakeClock();
    const asked = Promise.withResolvers<void>();
    const odd = await startStageServer({
      clock,
      directory: {
        setLive: (_webinarId, live) => {
          if (live) throw new TypeError('boom with /secret/path');
          asked.resolve();
          return new Promise(() => undefined);
        },
      },
    });
    onTestFinished(() => odd.close());
    const { client } = await odd.join({ role: 'host' });
    const thrown = await client.raw('setLive', { live: true });
    expect(thrown).toMatchObject({ ok: false, error: { code: 'CORE_INTERNAL' } });
    expect(JSON.stringify(thrown)).not.toContain('secret');
    const hanging = client.fails('setLive', { live: false });
    await asked.promise;
    clock.advance(signalingLimits.setLiveDeadlineMs);
    expect(await hanging).toBe('CORE_DEADLINE');
    await client.ok('createTransport', { direction: 'send' });
  });

  it('a client that takes nothing any more is cut off at maxBufferedPackets; the others get every event', async () => {
    const { client: host } = await stage.join({ webinarId: 'slow', role: 'host' });
    const { client: slow, joined } = await stage.join({ webinarId: 'slow' });
    slow.stopReading();
    const isCut = () => host.events.some(({ name }) => name === 'peerAway');
    // Large ones: what the kernel takes for a reader that does not read is not the server's to count.
    const padding = 'x'.repeat(64 * 1024);
    let sentCount = 0;
    while (!isCut() && sentCount < 4 * signalingLimits.maxBufferedPackets) {
      const heard = new Promise((resolve) => host.socket.once('activeSpeaker', resolve));
      stage.signaling.broadcastActiveSpeaker('slow', `${++sentCount} ${padding}`);
      await heard;
    }
    expect(host.events.find(({ name }) => name === 'peerAway')?.payload).toMatchObject({ peerId: joined.peerId });
    expect(sentCount).toBeGreaterThanOrEqual(signalingLimits.maxBufferedPackets);
    expect(host.socket.connected).toBe(true);
  });

  it('a peer that disconnects while its join is under way leaves nothing behind', async () => {
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const slow = await startStageServer({
      directory: {
        describe: async (webinarId) => {
          asked.resolve();
          await gate.promise;
          return { webinarId, title: 'T', state: 'idle', isPrivate: false };
        },
      },
    });
    onTestFinished(() => slow.close());
    const client = await slow.connect();
    client.socket.emit('join', { protocolVersion: 1 }, () => undefined);
    await asked.promise;
    const closed = new Promise<void>((resolve) => client.socket.once('disconnect', () => resolve()));
    client.socket.disconnect();
    await closed;
    const { client: probe } = { client: await slow.connect() };
    gate.resolve();
    const joined = await probe.ok('join', { protocolVersion: 1 });
    expect(joined.peers).toEqual([]);
    expect(slow.heard.filter((line) => line.startsWith('peerJoined'))).toHaveLength(1);
  });
});
