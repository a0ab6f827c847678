/** Opus as it travels in RTP. */
export { maxOpusPacketSampleCount, opusPacketSampleCount } from './packet.ts';
