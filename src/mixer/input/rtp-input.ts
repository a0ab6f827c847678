/** What the bank needs of every stream, camera or microphone. */
import { type RtpPacket } from '../../media/rtp/index.ts';
import { type MixerSource, type MixerStats } from '../ports.ts';

export type SourceStats = MixerStats['sources'][number];

export interface RtpInput {
  readonly source: MixerSource;
  receive(packet: RtpPacket, arrivalMs: number): void;
  /** Moves on what has become due; called every few ms. */
  pump(nowMs: number): void;
  stats(): SourceStats;
  /** Resolves when everything it owns is gone. */
  close(): Promise<void>;
}
