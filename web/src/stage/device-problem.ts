/** Why a camera or microphone cannot be used, and what the person in front of it can do. Pure. */
import type { MediaSource } from '../../../src/signaling/protocol/index.ts';

export type DeviceSource = Extract<MediaSource, 'camera' | 'microphone'>;

export type DeviceProblemKind = 'denied' | 'missing' | 'busy' | 'insecure' | 'lost' | 'unknown';

export interface DeviceProblem {
  readonly kind: DeviceProblemKind;
  readonly title: string;
  readonly fix: string;
}

/** Names of getUserMedia failures (W3C Media Capture and Streams, 9.2) -> kind. */
const kindByErrorName: Readonly<Record<string, DeviceProblemKind>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

export function problemFromError(source: DeviceSource, errorName: string): DeviceProblem {
  return describeProblem(source, kindByErrorName[errorName] ?? 'unknown');
}

export function describeProblem(source: DeviceSource, kind: DeviceProblemKind): DeviceProblem {
  const device = source;
  switch (kind) {
    case 'denied':
      return {
        kind,
        title: `This page may not use the ${device}`,
        fix: `Click the icon left of the address, allow the ${device}, then try again. On a phone or Mac, also allow it for the browser in the system's privacy settings.`,
      };
    case 'missing':
      return { kind, title: `No ${device} found`, fix: `Connect a ${device} or choose another one, then try again.` };
    case 'busy':
      return {
        kind,
        title: `The ${device} cannot be opened`,
        fix: `Another program may be using it. Close other calls and tabs that use the ${device}, then try again.`,
      };
    case 'insecure':
      return {
        kind,
        title: `The browser gives the ${device} to secure pages only`,
        fix: 'Open this page over https, or on the machine itself as http://localhost.',
      };
    case 'lost':
      return { kind, title: `The ${device} was disconnected`, fix: `Connect it again or choose another ${device}.` };
    case 'unknown':
      return {
        kind,
        title: `The ${device} did not start`,
        fix: `Try again; if it stays, choose another ${device} or restart the browser.`,
      };
  }
}
