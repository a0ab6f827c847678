/** What a machine without fonts cannot be asked: tests that draw text, and those that draw it in every script. */
import { GlobalFonts } from '@napi-rs/canvas';
import { it } from 'vitest';
import { importScript } from './import-script.ts';

interface FontPackage {
  readonly package: string;
  readonly without: string;
}

const { missingTools } = await importScript<{ missingTools: (purpose: 'check') => FontPackage[] }>(
  'setup/os-packages.mjs',
);

const missing = missingTools('check').map((tool) => tool.package);

/** True when every font that set-up installs is there; otherwise the console says that `what` is not tested, and why. */
export function hasFonts(what: string): boolean {
  return isThere(missing.length === 0, what);
}

/** A test for which any font will do: Debian's FFmpeg brings one along. */
export const itDrawsText = it.skipIf(!isThere(GlobalFonts.families.length > 0, 'text that is drawn with any font'));

/** A line that begins with `!` shows although everything else passes (scripts/lib/run-checks.mjs). */
function isThere(isTrue: boolean, what: string): boolean {
  if (!isTrue)
    console.warn(`! Skipped, fonts are missing: ${what}. Install them: apt-get install ${missing.join(' ')}`);
  return isTrue;
}
