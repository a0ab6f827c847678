import { describe, expect, it } from 'vitest';
import { createTurnCredentials, turnCredentialTtlSec } from '../../../src/app/processes/turn-credentials.ts';
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Metrics } from '../../../src/core/metrics.ts';
import { signalingLimits } from '../../../src/signaling/limits.ts';
import { type StageMedia } from '../../../src/signaling/index.ts';
import { type IceServer, type StageReply } from '../../../src/signaling/protocol/index.ts';
import { StagePolicies } from '../../../src/signaling/people/stage-policies.ts';
import { StageConnection } from '../../../src/signaling/stage-connection.ts';
import { StageSessions } from '../../../src/signaling/sessions/stage-sessions.ts';
import { StageHub } from '../../../src/signaling/stage-hub.ts';
import { memoryPolicies } from '../../support/memory-policies.ts';
import { quietProgram } from '../../support/quiet-program.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp(media: Partial<StageMedia> = {}) {
  const clock = new FakeClock();
  const released: string[] = [];
  const hub = new StageHub({
    maxPeers: 5,
    logger: silentLogger,
    metrics: new Metrics(),
    // A listener that fails on everything: nobody else may notice.
    listener: new Proxy({} as never, {
      get: () => () => {
        throw new Error('listener failed');
      },
    }),
  });
  const services = {
    clock,
    hub,
    logger: silentLogger,
    media: {
      routerRtpCapabilities: async () => ({}),
      releasePeer: async ({ peerId }) => void released.push(peerId),
      ...media,
    } as StageMedia,
    directory: {
      describe: async (webinarId: string) => ({ webinarId, title: 'T', state: 'idle' as const, isPrivate: true }),
      setLive: async () => 'live' as const,
    },
    program: quietProgram,
    policies: new StagePolicies(memoryPolicies()),
    sessions: new StageSessions(),
    awaitEnd: () => undefined,
    captions: { addCaptions: async () => ({ cues: [] }) },
    iceServers: {
      iceServersFor: (peerId: string) => [
        { urls: ['turn:192.0.2.1'], ...createTurnCredentials('secret', peerId, clock.wallMs()) },
      ],
    },
    onAnswered: () => undefined,
  };
  const open = () => {
    const sent: { event: string; payload: unknown }[] = [];
    const socket = {
      isConnected: true,
      send: (event: string, payload: unknown) => void sent.push({ event, payload }),
      disconnect: (isWanted = true) => {
        if (!socket.isConnected) return;
        socket.isConnected = false;
        connection.handleDisconnect(isWanted);
      },
    };
    const grant = { webinarId: 'w', role: 'host', displayName: 'H', grantId: 'g' } as const;
    const connection = new StageConnection(socket, grant, services);
    const ask = (name: string, payload: unknown) =>
      new Promise<StageReply>((resolve) => connection.receive(name, [payload, resolve]));
    return { connection, socket, sent, ask };
  };
  return { clock, hub, released, open };
}

/** When the credentials of a reply run out, ms since the Unix epoch. */
function expiryMs(reply: StageReply): number {
  if (!reply.ok) throw new Error(reply.error.code);
  const { iceServers } = reply.data as { iceServers?: readonly IceServer[] };
  return 1000 * Number(iceServers?.[0]?.username.split(':')[0]);
}

describe('StageConnection', () => {
  it('createTransport and restartIce answer with TURN credentials made now, however long ago the join was', async () => {
    const { open, clock } = setUp({
      createTransport: async () => ({ transportId: 't', iceParameters: {}, iceCandidates: [], dtlsParameters: {} }),
      restartIce: async () => ({ iceParameters: { usernameFragment: 'u' } }),
    });
    const { ask } = open();
    const joinedExpiryMs = expiryMs(await ask('join', { protocolVersion: 1 }));
    clock.advance(1000 * turnCredentialTtlSec + 60_000);
    expect(joinedExpiryMs).toBeLessThan(clock.wallMs());
    const freshExpiryMs = Math.floor(clock.wallMs() / 1000) * 1000 + 1000 * turnCredentialTtlSec;
    const created = await ask('createTransport', { direction: 'send' });
    expect(created).toMatchObject({ ok: true, data: { transportId: 't' } });
    expect(expiryMs(created)).toBe(freshExpiryMs);
    const restarted = await ask('restartIce', { transportId: 't' });
    expect(restarted).toMatchObject({ ok: true, data: { iceParameters: { usernameFragment: 'u' } } });
    expect(expiryMs(restarted)).toBe(freshExpiryMs);
  });

  it('join is not disturbed by a stage listener that throws', async () => {
    const { open, hub } = setUp();
    expect((await open().ask('join', { protocolVersion: 1 })).ok).toBe(true);
    expect(hub.roomFor('w').peers()).toHaveLength(1);
  });

  it('more requests under way than allowed are refused with SIGNALING_BUSY, each of the others answered at its deadline', async () => {
    const { open, clock } = setUp({ pauseConsumer: () => new Promise(() => undefined) });
    const { ask } = open();
    await ask('join', { protocolVersion: 1 });
    const replies = Array.from({ length: 40 }, () => ask('pauseConsumer', { consumerId: 'c' }));
    await turn();
    clock.advance(signalingLimits.requestDeadlineMs);
    const codes = (await Promise.all(replies)).map((reply) => (reply.ok ? 'ok' : reply.error.code));
    expect(codes.filter((code) => code === 'CORE_DEADLINE')).toHaveLength(signalingLimits.maxPendingRequests);
    expect(codes.filter((code) => code === 'SIGNALING_BUSY')).toHaveLength(8);
  });

  it('a join that hangs is answered with CORE_DEADLINE, the connection ends, a late success leaves no peer', async () => {
    const gate = Promise.withResolvers<Record<string, never>>();
    const { open, clock, hub, released } = setUp({ routerRtpCapabilities: () => gate.promise });
    const { ask, socket } = open();
    const reply = ask('join', { protocolVersion: 1 });
    await turn();
    clock.advance(signalingLimits.requestDeadlineMs);
    expect(await reply).toMatchObject({ ok: false, error: { code: 'CORE_DEADLINE' } });
    expect(socket.isConnected).toBe(false);
    gate.resolve({});
    await turn();
    expect(hub.roomFor('w').peers()).toEqual([]);
    expect(released).toHaveLength(1);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('produce that finishes after its peer left is refused and announced to nobody', async () => {
    const gate = Promise.withResolvers<{ producerId: string }>();
    const { open } = setUp({ produce: () => gate.promise });
    const [leaving, other] = [open(), open()];
    for (const one of [leaving, other]) await one.ask('join', { protocolVersion: 1 });
    const reply = leaving.ask('produce', {
      transportId: 't',
      kind: 'audio',
      source: 'microphone',
      paused: false,
      rtpParameters: {
        codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
        encodings: [{ ssrc: 1 }],
      },
    });
    await turn();
    leaving.socket.disconnect();
    gate.resolve({ producerId: 'p' });
    expect(await reply).toMatchObject({ ok: false, error: { code: 'SIGNALING_PEER_GONE' } });
    expect(other.sent.map(({ event }) => event)).toEqual(['peerLeft']);
  });

  it('removed while its listener hears of the join leaves no peer', async () => {
    const { open, hub, released } = setUp();
    const { ask, connection } = open();
    const reply = ask('join', { protocolVersion: 1 });
    hub.admit = new Proxy(hub.admit.bind(hub), {
      apply: (admit, _hub, [room, member]: Parameters<StageHub['admit']>) => {
        admit(room, member);
        connection.remove({ code: 'WEBINAR_DELETED', message: '' });
      },
    });
    await reply;
    await turn();
    expect(hub.roomFor('w').peers()).toEqual([]);
    expect(released).toHaveLength(1);
  });
});
