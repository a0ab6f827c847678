/** Why a screen is not shared, and what the person in front of it can do. Pure. */

export interface ScreenProblem {
  readonly title: string;
  readonly fix: string;
}

export const unsupportedScreen: ScreenProblem = {
  title: 'This browser cannot share a screen',
  fix: 'Phones and tablets offer it to no page, and neither does a page without https. Open your link on a computer to share.',
};

/** @param errorName of a getDisplayMedia failure (W3C Screen Capture, 5.1) */
export function screenProblem(errorName: string): ScreenProblem {
  if (errorName === 'NotAllowedError') {
    return {
      title: 'No screen is shared',
      fix: 'Choose a tab, a window or the screen in the browser\u2019s question. On a Mac, also allow screen recording for the browser in the privacy settings.',
    };
  }
  return {
    title: 'The screen cannot be captured',
    fix: 'Try again with another window or tab; restart the browser if it stays like this.',
  };
}
