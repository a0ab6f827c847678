/** How long it takes on the stage, as people see it: from a click to the first picture of somebody. */
import { type Page } from 'playwright-core';
import { type StagePerson } from '../../test/support/stage-person.ts';
import { type TestBrowser } from '../../test/support/browser.ts';
import { waitFor } from '../../test/support/wait-for.ts';

const deadlineMs = 30_000;

/** Runs before the page's own code: remembers the last click, and when the first picture of a person is presented. */
export const firstPictureOfPersonScript = `
  addEventListener('click', () => { globalThis.clickedAtMs = performance.now(); }, true);
  globalThis.watchForPicture = (name) => {
    globalThis.pictureAtMs = undefined;
    const look = () => {
      const tile = [...document.querySelectorAll('article')].find(({ ariaLabel }) => ariaLabel?.startsWith(name));
      const video = tile?.querySelector('video');
      if (!video?.srcObject) return requestAnimationFrame(look);
      video.requestVideoFrameCallback((_, { expectedDisplayTime }) => { globalThis.pictureAtMs = expectedDisplayTime; });
    };
    look();
  };
`;

/** From the click on "Join the stage" to the first picture of somebody who is there already. */
export async function measurePanelistJoin(browser: TestBrowser, url: string, seenName: string): Promise<number> {
  const page = await openStage(browser, url);
  await page.evaluate(`watchForPicture(${JSON.stringify(seenName)})`);
  await page.getByRole('button', { name: 'Join the stage' }).click();
  const tookMs = await pictureAfterClick(page);
  await leave(page);
  return tookMs;
}

/** From the host's click on "Let in" to the first picture of who was let in, on the host's screen. */
export async function measurePromotion(
  browser: TestBrowser,
  options: { readonly url: string; readonly name: string; readonly host: StagePerson },
): Promise<number> {
  const { url, name, host } = options;
  const guest = await openStage(browser, url);
  await guest.getByRole('button', { name: 'Join the stage' }).click();
  // Devices and connection are tested by then: nobody is let in before.
  await guest.getByText(/^(Direct|Relayed) connection/).waitFor({ timeout: deadlineMs });
  await host.page.evaluate(`watchForPicture(${JSON.stringify(name)})`);
  await host.page.getByRole('button', { name: 'Let in' }).click();
  const tookMs = await pictureAfterClick(host.page);
  await leave(guest);
  await host.page.getByRole('article', { name: new RegExp(`^${name}`) }).waitFor({ state: 'detached' });
  return tookMs;
}

async function openStage(browser: TestBrowser, url: string): Promise<Page> {
  const page = await browser.context.newPage();
  await page.addInitScript({ content: firstPictureOfPersonScript });
  await page.goto(url);
  // Camera and microphone are open: what is measured begins with the click of somebody who is ready.
  await page.getByRole('button', { name: 'Turn camera off' }).waitFor({ timeout: deadlineMs });
  return page;
}

async function pictureAfterClick(page: Page): Promise<number> {
  const pictureAtMs = await waitFor('the first picture', () => page.evaluate<number | undefined>('pictureAtMs'), {
    deadlineMs,
    intervalMs: 50,
  });
  return pictureAtMs - (await page.evaluate<number>('clickedAtMs'));
}

async function leave(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'You left the stage' }).waitFor({ timeout: deadlineMs });
  await page.close();
}
