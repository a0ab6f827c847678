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
