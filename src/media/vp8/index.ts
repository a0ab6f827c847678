/** VP8 as it travels in RTP. */
export { parseVp8FrameHeader, type Vp8FrameHeader } from './frame-header.ts';
export { parseVp8PayloadDescriptor, type Vp8PayloadDescriptor } from './payload-descriptor.ts';
