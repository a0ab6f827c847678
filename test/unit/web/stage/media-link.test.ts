import { type Device } from 'mediasoup-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { MediaLink, type MediaContext } from '../../../../web/src/stage/media-link.ts';

/** A link in front of a server that counts its TURN credentials up, and a browser that notes what it is told. */
function setUp() {
  let mintedCount = 0;
  const calls: unknown[] = [];
  let onState: (state: string) => void = () => undefined;
  const transport = {
    id: 't1',
    closed: false,
    close: () => (transport.closed = true),
    on: (name: string, listener: (state: string) => void) => {
      if (name === 'connectionstatechange') onState = listener;
    },
    updateIceServers: async (options: unknown) => void calls.push({ updateIceServers: options }),
    restartIce: async (options: unknown) => void calls.push({ restartIce: options }),
  };
  const create = ({ iceServers, iceTransportPolicy }: Record<string, unknown>) => {
    calls.push({ create: { iceServers, iceTransportPolicy } });
    return transport;
  };
  const signaling = {
    request: async (name: string) => {
      const iceServers = [{ urls: ['turn:192.0.2.1'], username: `minted ${++mintedCount}`, credential: 'c' }];
      if (name === 'restartIce') return { iceParameters: { usernameFragment: 'u' }, iceServers };
      return { transportId: 't1', iceParameters: {}, iceCandidates: [], dtlsParameters: {}, iceServers };
    },
  } as unknown as MediaContext['signaling'];
  const clock = new FakeClock();
  const link = new MediaLink(
    {
      device: { createSendTransport: create } as unknown as Device,
      signaling,
      scheduler: clock,
      isRelayOnly: true,
      giveUp: () => calls.push('give up'),
    },
    'send',
    { isNeeded: () => true, onTransport: async () => undefined, onHealth: () => undefined },
  );
  onTestFinished(() => link.close());
  return { link, clock, calls, transport, setState: (state: string) => onState(state) };
}

const minted = (number: number) => [{ urls: ['turn:192.0.2.1'], username: `minted ${number}`, credential: 'c' }];

describe('MediaLink', () => {
  it('makes its transport with the ICE servers of the createTransport reply', async () => {
    const { link, clock, calls } = setUp();
    link.ensureOpen();
    await clock.advanceAsync(10);
    expect(calls).toEqual([{ create: { iceServers: minted(1), iceTransportPolicy: 'relay' } }]);
  });

  it('sets the ICE servers of each restartIce reply before it restarts', async () => {
    const { link, clock, calls, setState } = setUp();
    link.ensureOpen();
    await clock.advanceAsync(10);
    for (const number of [2, 3]) {
      calls.length = 0;
      setState('failed');
      await clock.advanceAsync(10);
      expect(calls).toEqual([
        { updateIceServers: { iceServers: minted(number) } },
        { restartIce: { iceParameters: { usernameFragment: 'u' } } },
      ]);
    }
  });

  it('leaves a transport alone that was closed while the server answered', async () => {
    const { link, clock, calls, transport, setState } = setUp();
    link.ensureOpen();
    await clock.advanceAsync(10);
    calls.length = 0;
    setState('failed');
    transport.close();
    await clock.advanceAsync(10);
    expect(calls).toEqual([]);
  });
});
