/** The whole server over its own encrypted port: somebody joins the stage by WebSocket, and is watched by HTTP/2, in real Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWebinar, goLive } from '../support/api.ts';
import { freePortRange } from '../support/free-port.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { makeCertificate } from '../support/self-signed.ts';
import { joinStage, type StagePerson } from '../support/stage-person.ts';
import { openViewer, type Viewer } from '../support/viewer-page.ts';
import { waitFor, wholePathDeadlineMs } from '../support/wait-for.ts';

let directory: string;
let server: RostrumServer;
let person: StagePerson | undefined;
let viewer: Viewer | undefined;
let tlsPort: number;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'rostrum-encrypted-'));
  const { certFile, keyFile } = makeCertificate(directory);
  tlsPort = await freePortRange(1);
  server = await startRostrumServer({
    env: {
      ROSTRUM_TLS_CERT_FILE: certFile,
      ROSTRUM_TLS_KEY_FILE: keyFile,
      ROSTRUM_TLS_PORT: String(tlsPort),
      ROSTRUM_TURN_ENABLED: 'false',
    },
  });
});

afterAll(async () => {
  await viewer?.close();
  await person?.close();
  await server?.dispose();
  rmSync(directory, { recursive: true, force: true });
});

const encrypted = (link: string): string => {
  const url = new URL(link);
  return `https://localhost:${tlsPort}${url.pathname}${url.search}${url.hash}`;
};

it('a panelist on https is seen by a viewer whose media comes by HTTP/2', async () => {
  const { webinarId, ...links } = await createWebinar(server, 'Encrypted');
  person = await joinStage({ name: 'Ada', identity: 5, toneHz: 500, url: encrypted(links.host) });
  await goLive(server, webinarId, true);
  viewer = await openViewer(encrypted(links.viewer));
  const { page } = viewer;
  const isSeen = async () => (await viewer!.tile('alone'))?.identity === 5;
  await waitFor('Ada on the page', isSeen, { deadlineMs: wholePathDeadlineMs });
  const protocols = await page.evaluate<string[]>(
    `[...new Set(performance.getEntriesByType('resource').filter(({ name }) => name.includes('/hls/')).map(({ nextHopProtocol }) => nextHopProtocol))]`,
  );
  expect(protocols).toEqual(['h2']);
  expect(await page.evaluate('isSecureContext')).toBe(true);
});

it('says where it can be reached, and stops in order', async () => {
  expect(server.log()).toContain(`Encrypted, with HTTP/2, on port ${tlsPort}.`);
  await expect(server.stop()).resolves.toMatchObject({ code: 0 });
});
