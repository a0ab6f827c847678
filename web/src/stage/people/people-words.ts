/** What the people panel and the green room say. Pure. */
import type {
  MediaSource,
  NetworkPath,
  Readiness,
  SourceStopReason,
} from '../../../../src/signaling/protocol/index.ts';

const pathWords: Readonly<Record<NetworkPath, string>> = {
  udp: 'Direct connection',
  tcp: 'Direct connection over TCP',
  turnUdp: 'Relayed connection',
  turnTcp: 'Relayed connection over TCP',
  turnTls: 'Relayed connection over TLS',
};

export function pathText({ path, roundTripMs }: Pick<Readiness, 'path' | 'roundTripMs'>): string {
  if (path === null) return 'Testing the connection';
  return roundTripMs === null ? pathWords[path] : `${pathWords[path]}, ${roundTripMs} ms`;
}

/** One line for the host: what would be heard and seen, and how it gets here. */
export function readinessText(readiness: Readiness | undefined): string {
  if (readiness === undefined) return 'Checking devices and connection';
  const { hasMicrophone, hasCamera } = readiness;
  const devices =
    hasMicrophone && hasCamera
      ? 'Microphone and camera'
      : hasMicrophone
        ? 'No camera'
        : hasCamera
          ? 'No microphone'
          : 'No microphone, no camera';
  // Nothing is sent, so nothing can be tested.
  if (!hasMicrophone && !hasCamera) return devices;
  return `${devices}. ${pathText(readiness)}`;
}

export function stoppedMessage(source: MediaSource, reason: SourceStopReason): string | undefined {
  // Said once, with the picture it belongs to.
  if (source === 'screenAudio') return undefined;
  if (reason === 'permission') return `A host ended your permission to send your ${source}.`;
  if (source === 'microphone') return 'A host muted you. Unmute yourself when you want to speak.';
  return source === 'camera' ? 'A host turned your camera off.' : 'A host ended your screen share.';
}
