/** EXT-X-SERVER-CONTROL (rfc8216bis §4.4.3.8): equal in every media playlist of a program (rule 26). */
import { attributeTag, bare, decimal } from './attribute-list.ts';

export interface ServerControl {
  /** Undefined where no parts are listed; at least three part targets. */
  readonly partHoldBackSec?: number;
  /** At least three target durations. */
  readonly holdBackSec: number;
  /** At least six target durations. */
  readonly canSkipUntilSec: number;
}

export function serverControlTag(control: ServerControl): string {
  return attributeTag('EXT-X-SERVER-CONTROL', {
    'CAN-BLOCK-RELOAD': control.partHoldBackSec === undefined ? undefined : bare('YES'),
    'PART-HOLD-BACK': control.partHoldBackSec === undefined ? undefined : decimal(control.partHoldBackSec),
    'HOLD-BACK': decimal(control.holdBackSec),
    'CAN-SKIP-UNTIL': decimal(control.canSkipUntilSec),
    // Speakers change all the time: a long window would be full of them.
    'CAN-SKIP-DATERANGES': bare('YES'),
  });
}
