/** A panelist whose network lets nothing through but TURN. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebinar, goLive } from '../support/api.ts';
import { tileOverHls } from '../support/hls-client.ts';
import { provideInterfaceAddress } from '../support/interface-address.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

const identity = 5;

/** Notes the TURN user names of a peer connection before and after its configuration changes. */
const noteConfigurations = `
  const { setConfiguration } = RTCPeerConnection.prototype;
  const namesOf = ({ iceServers }) => iceServers.map(({ username }) => username);
  let noted = null;
  RTCPeerConnection.prototype.setConfiguration = function (configuration) {
    noted = { connection: this, before: namesOf(this.getConfiguration()), after: namesOf(configuration) };
    return setConfiguration.call(this, configuration);
  };
  globalThis.notedRestart = () => noted && { ...noted, connection: noted.connection.connectionState };
`;

interface NotedRestart {
  readonly connection: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** User names of TURN credentials begin with their expiry in Unix seconds. */
const expirySec = ([username]: readonly string[]): number => Number(username?.split(':')[0]);

let network: ReturnType<typeof provideInterfaceAddress>;
let server: RostrumServer;
let person: StagePerson | undefined;
beforeAll(async () => {
  network = provideInterfaceAddress();
  server = await startRostrumServer({ env: { ROSTRUM_TURN_LISTEN_IP: network.address } });
});
afterAll(async () => {
  await person?.close();
  await server?.dispose();
  network?.release();
});

describe("a join with iceTransportPolicy 'relay'", () => {
  it('sends over a relayed candidate pair, and the picture arrives in the program', async () => {
    const webinar = await createWebinar(server, 'Relay');
    await goLive(server, webinar.webinarId, true);
    person = await joinStage({ name: 'Rita', identity, toneHz: 660, url: webinar.panelist.replace('#', '?relay=1#') });
    const pair = await waitFor('a selected candidate pair', async () => (await person!.stats()).selectedCandidatePair, {
      deadlineMs: wholePathDeadlineMs,
    });
    expect(pair).toMatchObject({ localType: 'relay', remoteAddress: network.address });
    await waitFor(
      'the relayed picture in the program',
      async () => (await tileOverHls(server, webinar.webinarId, 'alone'))?.identity === identity,
      { deadlineMs: 60_000 },
    );
  });

  it('gets its relay back in place when the TURN server died: an ICE restart with new credentials, no rejoin', async () => {
    const page = person!.page;
    const peerId = await page.evaluate<string>('rostrumStage.peerId');
    await page.evaluate(noteConfigurations);
    for (const pid of server.pidsOf('turnserver')) process.kill(pid, 'SIGKILL');
    const { before, after } = await waitFor(
      'a connection after the restart',
      async () => {
        const noted = await page.evaluate<NotedRestart | null>('notedRestart()');
        return noted?.connection === 'connected' ? noted : undefined;
      },
      { deadlineMs: 60_000 },
    );
    expect(expirySec(after)).toBeGreaterThan(expirySec(before));
    expect((await person!.stats()).selectedCandidatePair).toMatchObject({ localType: 'relay' });
    expect(await page.evaluate('rostrumStage.peerId')).toBe(peerId);
  });
});
