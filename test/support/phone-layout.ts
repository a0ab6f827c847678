/** Whether a page can be used on a phone: nothing beside the screen, controls large enough and within reach, no text cut off. */
import { type Browser, type BrowserContext, type Page } from 'playwright-core';

export const phoneScreen = { width: 390, height: 844 } as const;
/** Below this a finger misses. */
const minTouchPx = 40;

export function phoneContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({
    viewport: phoneScreen,
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    permissions: ['camera', 'microphone'],
  });
}

/**
 * Scrolls to every control and looks at it.
 * @param within a sheet that covers the rest of the page; the whole page by default
 * @returns problems in words; empty when there are none
 */
export function phoneProblems(page: Page, within = 'body'): Promise<string[]> {
  return page.evaluate(`(${findProblems.toString()})(${minTouchPx}, ${JSON.stringify(within)})`);
}

/** Runs in the page: DOM types are not those of the tests, and nothing outside of it exists there. */
function findProblems(minPx: number, within: string): string[] {
  interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
    readonly width: number;
    readonly height: number;
  }
  interface Node {
    readonly tagName: string;
    readonly className: string;
    readonly textContent: string | null;
    readonly scrollWidth: number;
    readonly clientWidth: number;
    readonly scrollHeight: number;
    readonly clientHeight: number;
    readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string | null }>;
    getAttribute(name: string): string | null;
    getBoundingClientRect(): Box;
    scrollIntoView(options: object): void;
    contains(other: unknown): boolean;
    closest(selector: string): unknown;
    checkVisibility(options: object): boolean;
  }
  interface Dom {
    readonly innerWidth: number;
    readonly innerHeight: number;
    readonly document: {
      readonly documentElement: Node;
      querySelectorAll(selector: string): Iterable<Node>;
      elementFromPoint(x: number, y: number): Node | null;
    };
    readonly getComputedStyle: (node: Node) => Record<'overflowX' | 'textOverflow', string>;
  }
  const { document, innerWidth, innerHeight, getComputedStyle } = globalThis as unknown as Dom;
  const problems: string[] = [];
  const nameOf = (node: Node): string => {
    const text = node.getAttribute('aria-label') ?? node.textContent ?? '';
    return `${node.tagName.toLowerCase()} "${text.trim().slice(0, 40)}"`;
  };
  const isShown = (node: Node): boolean =>
    node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    node.closest('.visually-hidden') === null;
  const overflowPx = document.documentElement.scrollWidth - innerWidth;
  if (overflowPx > 0) problems.push(`the page is ${overflowPx} px wider than the screen`);

  for (const control of document.querySelectorAll(`${within} :is(button, a.button, input, select, summary)`)) {
    // The picture itself is one large button; a block of the timeline is a shortcut to what the player's own bar can do.
    if (!isShown(control) || control.closest('.track') !== null || control.className.includes('surface-button'))
      continue;
    control.scrollIntoView({ block: 'center', inline: 'nearest' });
    const type = control.getAttribute('type');
    // A small box is touched by its label.
    const target =
      type === 'checkbox' || type === 'radio' ? ((control.closest('label') as Node | null) ?? control) : control;
    const box = target.getBoundingClientRect();
    if (box.left < 0 || box.right > innerWidth + 0.5) problems.push(`${nameOf(control)} lies beside the screen`);
    if (box.top < 0 || box.bottom > innerHeight + 0.5) problems.push(`${nameOf(control)} cannot be scrolled to`);
    if (box.height < minPx && type !== 'range') problems.push(`${nameOf(control)} is ${box.height.toFixed(0)} px high`);
    const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const isHit = hit !== null && (target.contains(hit) || hit.contains(target));
    if (!isHit) problems.push(`${nameOf(control)} lies below ${hit === null ? 'nothing' : nameOf(hit)}`);
  }

  for (const node of document.querySelectorAll(`${within} *`)) {
    const hasText = [...node.childNodes].some(
      (child) => child.nodeType === 3 && (child.textContent ?? '').trim() !== '',
    );
    if (!hasText || !isShown(node) || node.tagName === 'OPTION' || node.tagName === 'SELECT') continue;
    const style = getComputedStyle(node);
    // A long name may end in dots; text that is simply cut off may not.
    const isCut =
      node.scrollWidth > node.clientWidth + 1 && style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis';
    const box = node.getBoundingClientRect();
    if (isCut) problems.push(`${nameOf(node)} is cut off`);
    if (box.width > 0 && (box.left < -0.5 || box.right > innerWidth + 0.5))
      problems.push(`${nameOf(node)} runs out of the screen`);
  }
  return [...new Set(problems)];
}
