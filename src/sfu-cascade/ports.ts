/** What the SFU cascade exchanges with others: producers to carry, transports to send on, the mixer's socket. */
import { type types } from 'mediasoup';

/** What a producer carries. */
export type ProducerSource = 'microphone' | 'camera' | 'screen' | 'screenAudio';

/** A source on some router of the webinar; the cascade carries it wherever it is wanted. */
export interface CascadeProducer {
  readonly producerId: string;
  readonly webinarId: string;
  readonly peerId: string;
  readonly kind: 'audio' | 'video';
  readonly source: ProducerSource;
  readonly routerId: string;
  /** An interpreter's: never makes anybody the speaker. */
  readonly isOffFloor?: boolean;
  readonly producer: types.Producer;
}

/** Where a webinar's program is mixed: one plain RTP receiver that takes every panelist's media. */
export interface ProgramReceiver {
  readonly ip: string;
  readonly port: number;
}

/** A consumer that feeds the mixer, in the mixer's words. */
export interface ProgramFeed {
  readonly consumerId: string;
  readonly peerId: string;
  readonly kind: 'audio' | 'video';
  readonly source: ProducerSource;
  readonly mimeType: string;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly clockRateHz: number;
}

/** What a receiver can take, in mediasoup's terms, for callers that may not know mediasoup. */
export type RtpCapabilities = types.RtpCapabilities;
