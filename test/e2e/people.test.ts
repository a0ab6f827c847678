/**
 * The host's hand on people, in real Chromium: a guest waits in the green room, is let in and seen and heard by the
 * others, muted, stopped, sent back, removed; the event is handed over. Judged by what the other pages show and receive.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi, createWebinar } from '../support/api.ts';
import { identityColour } from '../support/pattern/index.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { waitFor } from '../support/wait-for.ts';

const gina = { name: 'Gina', identity: 6, toneHz: 660 };

let server: RostrumServer;
let host: StagePerson;
let panelist: StagePerson;
let guest: StagePerson;

beforeAll(async () => {
  server = await startRostrumServer({ readyDeadlineMs: 60_000 });
  const webinar = await createWebinar(server, 'Who comes in');
  const invite = { role: 'panelist', name: 'Gina', waits: true };
  const path = `/api/webinars/${webinar.webinarId}/invites`;
  const { body } = await callApi<{ url: string }>(server, 'POST', path, { body: invite });
  host = await joinStage({ name: 'Hana', identity: 3, toneHz: 440, url: webinar.host, frameCount: 90 });
  panelist = await joinStage({ name: 'Pavel', identity: 9, toneHz: 880, url: webinar.panelist, frameCount: 90 });
  guest = await joinStage({ ...gina, url: body.url, frameCount: 90 });
  await host.press('People (1 waiting)');
});

afterAll(async () => {
  await Promise.all([host?.close(), panelist?.close(), guest?.close()]);
  await server?.dispose();
});

const people = () => host.page.getByRole('complementary', { name: 'People' });
const rowOf = (name: string) => people().getByRole('listitem').filter({ hasText: name });
const tileOf = (person: StagePerson, name: string) =>
  person.page.getByRole('article', { name: new RegExp(`^${name}`) });

/** The mean colour of the background strip in somebody's picture on this page; undefined while there is no picture. */
async function colourSeen(person: StagePerson, name: string) {
  return person.page.evaluate<{ r: number; g: number; b: number } | undefined>(`(() => {
    const video = [...document.querySelectorAll('article')].find((tile) => tile.ariaLabel.startsWith('${name}'))?.querySelector('video');
    if (!video || video.videoWidth === 0) return undefined;
    const canvas = new OffscreenCanvas(64, 36);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 64, 36);
    const { data } = context.getImageData(20, 26, 12, 2);
    const sum = [0, 0, 0];
    for (let at = 0; at < data.length; at++) if (at % 4 < 3) sum[at % 4] += data[at];
    const [r, g, b] = sum.map((value) => value / (data.length / 4));
    return { r, g, b };
  })()`);
}

async function waitToSeeGina(person: StagePerson): Promise<void> {
  const wanted = identityColour(gina.identity);
  await waitFor(`${person.name} to see Gina`, async () => {
    const colour = await colourSeen(person, 'Gina');
    if (colour && (['r', 'g', 'b'] as const).every((one) => Math.abs(colour[one] - wanted[one]) < 30)) return true;
    throw new Error(`sees ${JSON.stringify(colour)}`);
  });
}

/** Sound and pictures of two others. */
async function waitToReceiveBoth(person: StagePerson): Promise<void> {
  await waitFor(`${person.name} to receive both others`, async () => {
    const { inbound } = await person.stats();
    const countOf = (kind: string) =>
      inbound.filter((stream) => stream.kind === kind && stream.bytesReceived > 0 && stream.framesDecoded !== 0).length;
    if (countOf('audio') >= 2 && countOf('video') >= 2) return true;
    throw new Error(`receives ${JSON.stringify(inbound)}`);
  });
}

describe('the host and the people', () => {
  it('a guest waits, with devices and connection tested, and nobody is told of them but who lets people in', async () => {
    await guest.page.getByText('A host will let you in').waitFor();
    await guest.page.getByText(/^Direct connection, \d+ ms$/).waitFor();
    await rowOf('Gina')
      .getByText(/Microphone and camera\. Direct connection, \d+ ms/)
      .waitFor();
    expect(await guest.page.getByRole('article').count()).toBe(1);
    expect(await panelist.page.getByText('Gina').count()).toBe(0);
    const { inbound, outbound } = await guest.stats();
    expect(inbound).toEqual([]);
    expect(outbound.length).toBeGreaterThan(0);
  });

  it('let in, the guest is seen and heard by everybody, and sees them', async () => {
    await rowOf('Gina').getByRole('button', { name: 'Let in' }).click();
    for (const person of [host, panelist]) await waitToSeeGina(person);
    await tileOf(guest, 'Hana').waitFor();
    await waitToReceiveBoth(guest);
  });

  it('muted by the host, the guest is silent for everybody, knows it, and speaks again when they want', async () => {
    await rowOf('Gina').getByRole('button', { name: 'Mute' }).click();
    await guest.page.getByText('A host muted you.').waitFor();
    await tileOf(panelist, 'Gina').getByText('Muted').waitFor();
    await guest.press('Unmute');
    await tileOf(panelist, 'Gina').getByText('Muted').waitFor({ state: 'detached' });
  });

  it('a camera stopped by the host is off for its owner too, who may turn it on again', async () => {
    await rowOf('Gina').getByRole('button', { name: 'Camera off' }).click();
    await guest.page.getByText('A host turned your camera off.').waitFor();
    await waitFor('no picture', async () => (await colourSeen(panelist, 'Gina')) === undefined);
    await guest.press('Camera on');
    await waitToSeeGina(panelist);
  });

  it('without the permission to send a camera it ends, and the button is dead until it is given back', async () => {
    await rowOf('Gina').getByText('Role and permissions').click();
    await rowOf('Gina').getByLabel('Camera', { exact: true }).click();
    await guest.page.getByText('A host ended your permission to send your camera.').waitFor();
    await guest.page.getByRole('button', { name: 'Camera on', disabled: true }).waitFor();
    await rowOf('Gina').getByLabel('Camera', { exact: true }).click();
    await guest.press('Camera on');
    await waitToSeeGina(panelist);
  });

  it('sent back, the guest is off the stage on every page, and comes onto it again', async () => {
    await rowOf('Gina').getByRole('button', { name: 'To green room' }).click();
    await guest.page.getByText('A host will let you in').waitFor();
    await tileOf(panelist, 'Gina').waitFor({ state: 'detached' });
    await rowOf('Gina').getByRole('button', { name: 'Let in' }).click();
    for (const person of [host, panelist]) await waitToSeeGina(person);
    await waitToReceiveBoth(guest);
  });

  it('the order of the stage is the one the host makes, on every page', async () => {
    const isBefore = async (person: StagePerson, [first, second]: readonly [string, string]) => {
      const labels = await person.page.evaluate<string>(
        `[...document.querySelectorAll('article')].map((tile) => tile.ariaLabel).join()`,
      );
      return labels.includes(first) && labels.indexOf(first) < labels.indexOf(second);
    };
    expect(await isBefore(host, ['Pavel', 'Gina'])).toBe(true);
    expect(await isBefore(panelist, ['Hana', 'Gina'])).toBe(true);
    await rowOf('Gina').getByRole('button', { name: 'Move Gina up' }).click();
    await waitFor('Gina before Pavel', () => isBefore(host, ['Gina', 'Pavel']));
    await waitFor('Gina first', () => isBefore(panelist, ['Gina', 'Hana']));
  });

  it('removed after a question, the guest is out and stays out', async () => {
    await rowOf('Gina').getByRole('button', { name: 'Remove', exact: true }).click();
    await host.press('Remove Gina');
    await guest.page.getByText('A host ended your part in this event.').waitFor();
    await tileOf(panelist, 'Gina').waitFor({ state: 'detached' });
    await guest.press('Try again');
    await guest.page.getByRole('button', { name: 'Join the stage' }).click();
    await guest.page.getByText('A host ended your part in this event.').waitFor();
  });

  it('handed over, the event is run by the other, and the old host is a co-host', async () => {
    expect(await panelist.page.getByRole('button', { name: 'Go live' }).count()).toBe(0);
    await rowOf('Pavel').getByText('Role and permissions').click();
    await rowOf('Pavel').getByRole('button', { name: 'Hand over the event' }).click();
    await host.press('Hand over');
    await panelist.page.getByRole('button', { name: 'Go live' }).waitFor();
    await panelist.press('People');
    const row = panelist.page.getByRole('listitem').filter({ hasText: 'Hana' });
    await row.getByText('Co-host', { exact: true }).waitFor();
    await row.getByText('Role and permissions').waitFor();
    expect(await rowOf('Pavel').getByRole('button', { name: 'Mute' }).count()).toBe(0);
  });
});
