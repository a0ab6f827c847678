/** The SFU cascade: mediasoup workers, pipes between them, consumers, active speaker, program feed. */
export { SfuCascade, type CascadePeer, type SfuEvents, type SfuOptions } from './sfu-cascade.ts';
export { sfuConfigSchema, listenAddresses, type ListenAddress, type SfuConfig } from './config.ts';
export { sfuErrorCatalog } from './errors.ts';
export { sfuLimits } from './limits.ts';
export { type PeerConsumer } from './peer-consumers.ts';
export { type PlacedRouter } from './webinar-routers.ts';
export { type ProgramListener } from './program-feeds.ts';
export { type ProgramAttachment } from './program-attachment.ts';
export { type CascadeProducer, type ProgramFeed, type ProgramReceiver, type RtpCapabilities } from './ports.ts';
