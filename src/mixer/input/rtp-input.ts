/** What the bank needs of every stream, camera or microphone. */
import { type RtpPacket, type SenderReport } from '../../media/rtp/index.ts';
import { type MixerSource, type MixerStats } from '../ports.ts';
import { type ParticipantTiming } from './participant-timing.ts';
import { type SenderClock } from './sender-clock.ts';

export type SourceStats = MixerStats['sources'][number];

export interface RtpInput {
  readonly source: MixerSource;
  readonly timing: ParticipantTiming;
  receive(packet: RtpPacket, arrivalMs: number): void;
  /** A Sender Report of this stream. @param ntpMs unwrapped, of `senderClock`. */
  report(report: SenderReport, ntpMs: number, senderClock: SenderClock): void;
  /** Moves on what has become due; called every few ms. */
  pump(nowMs: number): void;
  stats(): SourceStats;
  /** Resolves when everything it owns is gone. */
  close(): Promise<void>;
}
