/**
 * Every signaling connection is cut while two people talk, in real Chromium: the pictures go on as if nothing had been,
 * both stay who they are, and what was asked for meanwhile is done once they are back.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebinar } from '../support/api.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let server: RostrumServer;
let proxy: TcpProxy;
let host: StagePerson;
let panelist: StagePerson;

beforeAll(async () => {
  server = await startRostrumServer({ readyDeadlineMs: 60_000 });
  const webinar = await createWebinar(server, 'Cut off');
  proxy = await startTcpProxy(Number(new URL(server.baseUrl).port));
  const viaProxy = (url: string): string => url.replace(server.baseUrl, `http://127.0.0.1:${proxy.port}`);
  host = await joinStage({ name: 'Hana', identity: 3, toneHz: 440, url: viaProxy(webinar.host), frameCount: 90 });
  panelist = await joinStage({
    name: 'Pavel',
    identity: 9,
    toneHz: 880,
    url: viaProxy(webinar.panelist),
    frameCount: 90,
  });
  await waitFor('pictures both ways', async () => {
    const counts = await Promise.all([decodedCount(host), decodedCount(panelist)]);
    return counts.every((count) => count > 30);
  });
});

afterAll(async () => {
  await Promise.all([host?.close(), panelist?.close()]);
  await proxy?.close();
  await server?.dispose();
});

async function decodedCount(person: StagePerson): Promise<number> {
  const { inbound } = await person.stats();
  return Math.max(0, ...inbound.map(({ framesDecoded }) => framesDecoded ?? 0));
}

const peerIdOf = (person: StagePerson) => person.page.evaluate<string>('rostrumStage.peerId');
const stateOf = (person: StagePerson) => person.page.evaluate<string>('rostrumStage.state');
const isBack = async () => (await stateOf(host)) === 'joined' && (await stateOf(panelist)) === 'joined';

/** Cuts everything, and resolves when both pages have noticed. */
async function cut(): Promise<void> {
  expect(proxy.openCount).toBeGreaterThanOrEqual(4);
  proxy.cut();
  await waitFor('both pages to notice', async () => (await stateOf(host)) !== 'joined', { intervalMs: 10 });
}

describe('signaling that is cut', () => {
  it('is back by itself with the same people, while the pictures go on', async () => {
    const before = {
      host: await peerIdOf(host),
      panelist: await peerIdOf(panelist),
      decoded: await decodedCount(host),
    };
    const startedAtMs = performance.now();
    await cut();
    await waitFor('both to be back', isBack, { intervalMs: 20 });
    const awayMs = performance.now() - startedAtMs;
    const counts: number[] = [];
    await waitFor('more pictures', async () => {
      counts.push(await decodedCount(host));
      return counts.at(-1)! > before.decoded + 60;
    });
    const elapsedSec = (performance.now() - startedAtMs) / 1000;
    const framesPerSec = ((await decodedCount(host)) - before.decoded) / elapsedSec;
    console.log(`back after ${Math.round(awayMs)} ms; ${framesPerSec.toFixed(1)} pictures a second all the while`);
    // New consumers would have begun to count anew.
    expect(counts).toEqual([...counts].sort((one, other) => one - other));
    expect(counts[0]).toBeGreaterThanOrEqual(before.decoded);
    expect([await peerIdOf(host), await peerIdOf(panelist)]).toEqual([before.host, before.panelist]);
    expect(server.log()).not.toContain('"msg":"peer left"');
  });

  it('what one asked for meanwhile is done when they are back, and told to the other', async () => {
    await cut();
    await panelist.press('Mute');
    await waitFor('both to be back', isBack);
    await host.page
      .getByRole('article', { name: /^Pavel/ })
      .getByText('Muted')
      .waitFor();
    await panelist.press('Unmute');
    await host.page
      .getByRole('article', { name: /^Pavel/ })
      .getByText('Muted')
      .waitFor({ state: 'detached' });
  });

  it('a page that is closed is off the stage at once', async () => {
    await panelist.page.goto('about:blank');
    await host.page.getByRole('article', { name: /^Pavel/ }).waitFor({ state: 'detached', timeout: 3000 });
  });
});
