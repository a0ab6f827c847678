/** A panelist whose network lets nothing through but TURN. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebinar, goLive } from '../support/api.ts';
import { tileOverHls } from '../support/hls-client.ts';
import { provideInterfaceAddress } from '../support/interface-address.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { waitFor } from '../support/wait-for.ts';

const identity = 5;

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
    const pair = await waitFor('a selected candidate pair', async () => (await person!.stats()).selectedCandidatePair);
    expect(pair).toMatchObject({ localType: 'relay', remoteAddress: network.address });
    await waitFor(
      'the relayed picture in the program',
      async () => (await tileOverHls(server, webinar.webinarId, 'alone'))?.identity === identity,
      { deadlineMs: 60_000 },
    );
  });
});
