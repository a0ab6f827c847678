import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protocolVersion } from '../../../src/signaling/protocol/index.ts';
import { startStageServer, type TestStage } from '../../support/stage-server.ts';

const browserId = 'browser-0123456789';

describe('a join of somebody who is on stage already', () => {
  let stage: TestStage;
  beforeAll(async () => {
    stage = await startStageServer({ config: { maxPeersPerWebinar: 2 } });
  });
  afterAll(() => stage.close());

  async function joinWith(token: string, clientId: string | undefined) {
    const client = stage.open(token);
    await client.connected();
    const joined = await client.ok('join', { protocolVersion, ...(clientId !== undefined && { clientId }) });
    return { client, joined };
  }

  const tokenFor = (webinarId: string) =>
    stage.tokens.issue({ webinarId, role: 'panelist', displayName: 'Ann' } as const);

  it('with the same link from the same browser takes the old place at once, and the old page is told', async () => {
    const token = await tokenFor('again');
    const { client: watcher } = await stage.join({ webinarId: 'again', displayName: 'Watcher' });
    const old = await joinWith(token, browserId);
    await old.client.ok('createTransport', { direction: 'send' });
    // The stage is full: without giving up the old place there would be none.
    const { joined } = await joinWith(token, browserId);
    expect(await old.client.gone()).toBe('io server disconnect');
    expect(old.client.events.at(-1)).toMatchObject({ name: 'removed', payload: { code: 'SIGNALING_REPLACED' } });
    expect(joined.peers.map(({ displayName }) => displayName)).toEqual(['Watcher']);
    const names = watcher.events.map(({ name }) => name).filter((name) => name.startsWith('peer'));
    expect(names).toEqual(['peerJoined', 'peerLeft', 'peerJoined']);
    expect(await watcher.event('peerLeft')).toEqual({ peerId: old.joined.peerId });
  });

  it('alone on stage leaves one behind, who can go on', async () => {
    const token = await tokenFor('alone');
    await joinWith(token, browserId);
    const { client, joined } = await joinWith(token, browserId);
    expect(joined.peers).toEqual([]);
    await client.ok('createTransport', { direction: 'send' });
    const { joined: other } = await stage.join({ webinarId: 'alone' });
    expect(other.peers.map(({ peerId }) => peerId)).toEqual([joined.peerId]);
  });

  it('twice at the same time leaves one', async () => {
    const token = await tokenFor('race');
    await Promise.allSettled([joinWith(token, browserId), joinWith(token, browserId)]);
    const { joined } = await stage.join({ webinarId: 'race' });
    expect(joined.peers).toHaveLength(1);
  });

  it('from another browser, without an id, or with the id on another link is somebody else', async () => {
    const token = await tokenFor('others');
    const first = await joinWith(token, browserId);
    const { joined } = await joinWith(token, 'browser-9876543210');
    expect(joined.peers).toHaveLength(1);
    expect(first.client.socket.connected).toBe(true);
    const other = await tokenFor('links');
    await joinWith(other, undefined);
    const { joined: second } = await joinWith(await tokenFor('links'), browserId);
    expect(second.peers).toHaveLength(1);
  });

  it('with a client id that can be guessed or is none is refused with SIGNALING_PAYLOAD_INVALID', async () => {
    const client = stage.open(await tokenFor('short'));
    await client.connected();
    for (const clientId of ['me', 'x'.repeat(65), 7, 'with space 0123456789'])
      expect(await client.fails('join', { protocolVersion, clientId })).toBe('SIGNALING_PAYLOAD_INVALID');
  });
});
