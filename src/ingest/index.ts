/** The publisher side: WebRTC transports and producers of peers, with their limits. */
export {
  IngestService,
  type CreatedTransport,
  type IngestEvents,
  type IngestPeer,
  type IngestProducer,
} from './ingest-service.ts';
export { ingestErrorCatalog } from './errors.ts';
export { ingestLimits } from './limits.ts';
export { type PeerTransport, type TransportCloseReason, type TransportDirection } from './peer-transport.ts';
export { type ProducerSource } from './produce-rules.ts';
export { type DtlsParameters, type RouterProvider, type RtpParameters, type StageRouter } from './ports.ts';
