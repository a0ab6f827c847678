/**
 * Everybody gets the size of picture that their own screen needs, and nobody's browser sends what no screen shows: three
 * people in real Chromium, judged by what their browsers encode and decode.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebinar } from '../support/api.ts';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';
import { type StagePerson, joinStage } from '../support/stage-person.ts';
import { waitFor } from '../support/wait-for.ts';

/** Less is asked for after ten seconds, and Chromium's encoder takes a moment for more. */
const deadlineMs = 30_000;

let server: RostrumServer;
let host: StagePerson;
let speaker: StagePerson;
let listener: StagePerson;

beforeAll(async () => {
  server = await startRostrumServer({ readyDeadlineMs: 60_000 });
  const webinar = await createWebinar(server, 'Who needs what');
  host = await joinStage({ name: 'Hana', identity: 3, toneHz: 440, url: webinar.host, frameCount: 90 });
  const pavel = { name: 'Pavel', identity: 9, toneHz: 880, cameraHeightPx: 720 } as const;
  speaker = await joinStage({ ...pavel, url: webinar.panelist, frameCount: 30 });
  listener = await joinStage({ name: 'Gina', identity: 6, toneHz: 660, url: webinar.panelist, frameCount: 90 });
  await Promise.all([host.speak(false), listener.speak(false)]);
  await Promise.all([host, speaker, listener].map(({ page }) => page.setViewportSize({ width: 1280, height: 720 })));
});

afterAll(async () => {
  await Promise.all([host?.close(), speaker?.close(), listener?.close()]);
  await server?.dispose();
});

/** Heights of the layers a browser encodes, smallest first. */
async function sentHeights(person: StagePerson): Promise<number[]> {
  const { outbound } = await person.stats();
  const sent = outbound.filter(({ kind, isActive, framesPerSec }) => kind === 'video' && isActive && framesPerSec);
  return sent.map(({ frameHeightPx }) => frameHeightPx ?? 0).sort((one, other) => one - other);
}

/** Heights of the pictures a browser decodes, smallest first. */
async function shownHeights(person: StagePerson): Promise<number[]> {
  const { inbound } = await person.stats();
  const pictures = inbound.filter(({ kind, framesDecoded }) => kind === 'video' && framesDecoded);
  return pictures.map(({ frameHeightPx }) => frameHeightPx ?? 0).sort((one, other) => one - other);
}

async function waitForHeights(what: string, read: () => Promise<number[]>, expected: readonly number[]): Promise<void> {
  await waitFor(
    `${what} to be ${expected.join(', ')}`,
    async () => {
      const heights = await read();
      if (heights.join() === expected.join()) return true;
      throw new Error(`${heights.join(', ')}`);
    },
    { deadlineMs },
  );
}

describe('the sizes of pictures', () => {
  it('in a grid of thirds everybody is sent the middle size, and nobody sends the large one', async () => {
    for (const person of [host, listener])
      await waitForHeights(`what ${person.name} is shown`, () => shownHeights(person), [180, 360]);
    await waitForHeights('what Pavel is shown', () => shownHeights(speaker), [180, 180]);
    await waitForHeights('what Pavel sends', () => sentHeights(speaker), [180, 360]);
  });

  it('who speaks is sent in full to the one screen that shows them large, and the others as small as they are there', async () => {
    await host.press('Speaker view');
    await waitForHeights('what Hana is shown', () => shownHeights(host), [90, 720]);
    await waitForHeights('what Pavel sends', () => sentHeights(speaker), [180, 360, 720]);
    // Nobody else's picture is another for it.
    expect(await shownHeights(listener)).toEqual([180, 360]);
  });

  it('a page that is not looked at is sent sound alone, and pictures again when it is', async () => {
    const look = (state: string) =>
      host.page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    const received = async (kind: string) => {
      const { inbound } = await host.stats();
      return inbound
        .filter((stream) => stream.kind === kind)
        .reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
    };
    await look('hidden');
    await waitFor('no more pictures', async () => {
      const before = { video: await received('video'), audio: await received('audio') };
      await waitFor('more sound', async () => (await received('audio')) > before.audio + 3000);
      return (await received('video')) === before.video;
    });
    await look('visible');
    const before = await received('video');
    await waitFor('pictures', async () => (await received('video')) > before + 20_000);
    await waitForHeights('what Hana is shown', () => shownHeights(host), [90, 720]);
  });
});
