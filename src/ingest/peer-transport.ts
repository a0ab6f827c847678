/** One WebRtcTransport of a peer: its options, its time to connect, its end. */
import { type types } from 'mediasoup';
import { type Clock, type Timer } from '../core/clock.ts';
import { ingestLimits } from './limits.ts';
import { type StageRouter } from './ports.ts';

export type TransportDirection = 'send' | 'recv';

/** Why a transport ended without its peer asking. */
export type TransportCloseReason = 'unconnected' | 'dtlsFailed' | 'iceLost' | 'workerDied';

export interface PeerTransport {
  readonly direction: TransportDirection;
  readonly routerId: string;
  readonly transport: types.WebRtcTransport;
}

export async function createPeerTransport(
  { router, webRtcServer }: StageRouter,
  direction: TransportDirection,
): Promise<PeerTransport> {
  const transport = await router.createWebRtcTransport({
    webRtcServer,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    enableSctp: false,
    initialAvailableOutgoingBitrate: ingestLimits.initialOutgoingBps,
    iceConsentTimeout: ingestLimits.iceConsentTimeoutSec,
  });
  try {
    if (direction === 'send') await transport.setMaxIncomingBitrate(ingestLimits.maxIncomingBps);
  } catch (error) {
    transport.close();
    throw error;
  }
  return { direction, routerId: router.id, transport };
}

/**
 * Ends a transport that does not connect, fails, or stays away, and reports every end that was not asked for.
 * Timers end with the transport.
 */
export function superviseTransport(
  { transport }: PeerTransport,
  clock: Clock,
  onClosed: (reason: TransportCloseReason | undefined) => void,
): void {
  let reason: TransportCloseReason | undefined;
  const closeFor = (why: TransportCloseReason) => () => {
    reason = why;
    transport.close();
  };
  const connectTimer = clock.schedule(ingestLimits.unconnectedTransportMs, closeFor('unconnected'));
  let recoveryTimer: Timer | undefined;
  transport.on('dtlsstatechange', (state) => {
    if (state === 'connected') connectTimer.cancel();
    if (state === 'failed' || state === 'closed') closeFor('dtlsFailed')();
  });
  transport.on('icestatechange', (state) => {
    recoveryTimer?.cancel();
    if (state === 'disconnected') recoveryTimer = clock.schedule(ingestLimits.iceRecoveryMs, closeFor('iceLost'));
  });
  transport.on('routerclose', () => {
    reason = 'workerDied';
  });
  transport.observer.once('close', () => {
    connectTimer.cancel();
    recoveryTimer?.cancel();
    onClosed(reason);
  });
}
