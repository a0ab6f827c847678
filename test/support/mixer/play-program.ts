/** Plays a script on a real run with synthetic sources, as fast as its encoder can take it; program time is a fake clock's. */
import { FakeClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type MixerParticipant, type MixerRunOptions, type MixerSource } from '../../../src/mixer/ports.ts';
import { createMixerRun, type MixerRun } from '../../../src/mixer/program/mixer-run.ts';
import { EventLog } from './event-log.ts';
import { testRunOptions } from './run-options.ts';
import { type SyntheticContent, SyntheticSourceBank } from './synthetic-source-bank.ts';

export interface PlayedProgram {
  readonly clock: FakeClock;
  readonly log: EventLog;
  readonly run: MixerRun;
  readonly bank: () => SyntheticSourceBank;
}

export interface Moment {
  /** Holds from this frame on. */
  readonly frame: number;
  readonly act: (program: PlayedProgram) => void;
}

export function person(participantId: string, change: Partial<MixerParticipant> = {}): MixerParticipant {
  return {
    participantId,
    displayName: `Speaker ${participantId}`,
    isMicrophoneOn: true,
    isCameraOn: true,
    ...change,
  };
}

/** A source called `a-camera`, `a-screen` and so on. */
export function sourceOf(participantId: string, content: MixerSource['content']): MixerSource {
  const stream = { sourceId: `${participantId}-${content}`, participantId, content, ssrc: 1, payloadType: 96 };
  return content === 'camera' || content === 'screen'
    ? { ...stream, kind: 'video', codec: 'VP8', clockRateHz: 90_000 }
    : { ...stream, kind: 'audio', codec: 'opus', clockRateHz: 48_000 };
}

/** Resolves when the run has stopped after `frameCount` frames. */
export async function playProgram(
  contents: ReadonlyMap<string, SyntheticContent>,
  script: readonly Moment[],
  frameCount: number,
  options: Partial<MixerRunOptions> = {},
): Promise<PlayedProgram> {
  const clock = new FakeClock();
  const log = new EventLog();
  const run = testRunOptions(options);
  let bank: SyntheticSourceBank | undefined;
  const program = {
    clock,
    log,
    bank: () => bank!,
    run: createMixerRun({
      options: run,
      clock,
      logger: silentLogger,
      emit: log.push,
      createSourceBank: (bankOptions) => (bank = new SyntheticSourceBank(bankOptions, contents)),
    }),
  };
  const { renditionId } = run.video[0]!;
  await program.run.start();
  for (let frame = 1; frame < frameCount; frame++) {
    for (const moment of script) if (moment.frame === frame) moment.act(program);
    // Each tick falls due within a ms behind its exact time.
    clock.advance(Math.ceil((frame * 1000) / run.canvas.frameRate) - clock.nowMs());
    const fragmentCount = () => log.of('fragment').filter((event) => event.renditionId === renditionId).length;
    await log.until(`fragment for frame ${frame}`, () => fragmentCount() > frame - 12);
  }
  await program.run.stop('end of the script');
  return program;
}
