/** What the publisher side needs: a router to put transports on. */
import { type types } from 'mediasoup';

export interface StageRouter {
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
}

/** Bound to the SFU by src/app. */
export interface RouterProvider {
  /** The router this peer lives on: chosen once per peer, spread over workers. Creates the webinar's router on demand. */
  routerFor(webinarId: string, peerId: string): Promise<StageRouter>;
}

/** Media parameters in mediasoup's terms, for callers that may not know mediasoup. */
export type DtlsParameters = types.DtlsParameters;
export type RtpParameters = types.RtpParameters;
