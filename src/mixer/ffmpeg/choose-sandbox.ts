/** Finds the strictest sandbox that works on this machine, by decoding a picture in it. */
import { access, constants, realpath } from 'node:fs/promises';
import path from 'node:path';
import { type Clock } from '../../core/clock.ts';
import { type Logger } from '../../core/logger.ts';
import { type Metrics } from '../../core/metrics.ts';
import { ivfFileHeader, ivfFrameHeader } from '../../media/ivf.ts';
import { mixerError } from '../errors.ts';
import { FfmpegChild } from './child.ts';
import { decoderArgs, decoderInputFd, decoderOutputFd } from './decoder-command.ts';
import { noSandbox, type Sandbox, sandboxCandidates, sandboxLevels } from './sandbox.ts';

/** `required`: decoders run isolated or the server does not start. `best-effort`: as strictly as the machine allows. */
export type SandboxMode = 'required' | 'best-effort' | 'off';

export interface ChooseSandboxOptions {
  readonly mode: SandboxMode;
  readonly ffmpegPath: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Whether a decoder works in a sandbox; by trying it, unless a test knows better. */
  readonly works?: (sandbox: Sandbox) => Promise<boolean>;
}

const trialDeadlineMs = 10_000;
const pictureSize = { width: 16, height: 16 };
const pictureBytes = (pictureSize.width * pictureSize.height * 3) / 2;
/** A red VP8 keyframe of 16x16 pixels. */
const keyframe = Buffer.from('8AIAnQEqEAAQAABHCIWFiJmEiAICAnWqA/gD+gINTe4A/v1u8//kb+PnRv/I4//8Sp7jieP//EaA', 'base64');

/** @throws MIXER_SANDBOX_UNAVAILABLE when isolation is required and this machine does not offer it */
export async function chooseSandbox(options: ChooseSandboxOptions): Promise<Sandbox> {
  const sandbox = await strictest(options);
  const { mode, logger } = options;
  if (sandbox.level === 'isolated') logger.info({ ...sandbox }, 'decoders run isolated');
  else if (mode === 'off') logger.warn({}, 'decoders run without a sandbox, as configured');
  else logger.warn({ ...sandbox }, 'decoders run in a weaker sandbox: bubblewrap is missing or not allowed here');
  const gauge = options.metrics.gauge({
    name: 'rostrum_mixer_decoder_sandbox_level',
    help: 'What decoders are shut in: 3 isolated, 2 without network and privileges, 1 limits only, 0 nothing.',
  });
  gauge.set(sandboxLevels.indexOf(sandbox.level));
  return sandbox;
}

async function strictest(options: ChooseSandboxOptions): Promise<Sandbox> {
  const { mode, works = (sandbox) => canDecodeIn(sandbox, options) } = options;
  if (mode === 'off') return noSandbox;
  for (const sandbox of sandboxCandidates(process.getuid?.() === 0)) {
    if (mode === 'required' && sandbox.level !== 'isolated') break;
    if (sandbox.level === 'none' || (await works(sandbox))) return sandbox;
  }
  throw mixerError('MIXER_SANDBOX_UNAVAILABLE');
}

/** The program as sandboxes need it named: absolute, links followed. A name that is not found stays as it is. */
export async function absoluteProgram(name: string, searchPath = process.env.PATH ?? ''): Promise<string> {
  const folders = name.includes('/') ? [process.cwd()] : searchPath.split(path.delimiter).filter(Boolean);
  for (const folder of folders) {
    const candidate = path.resolve(folder, name);
    const isThere = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return realpath(candidate);
  }
  return name;
}

async function canDecodeIn(sandbox: Sandbox, { clock, logger, ffmpegPath }: ChooseSandboxOptions): Promise<boolean> {
  const child = new FfmpegChild({
    clock,
    logger,
    ffmpegPath,
    sandbox,
    args: decoderArgs({ codec: 'VP8', ...pictureSize }),
    inputFds: [decoderInputFd],
    outputFds: [decoderOutputFd],
  });
  let byteCount = 0;
  if (child.pid !== undefined) {
    child.output(decoderOutputFd).on('data', (bytes: Buffer) => (byteCount += bytes.length));
    const input = child.input(decoderInputFd);
    input.write(ivfFileHeader({ codec: 'VP8', ...pictureSize, timescaleHz: 30 }));
    input.write(ivfFrameHeader(keyframe.length, 0));
    input.write(keyframe);
  }
  const { stderrTail, spawnError, code } = await child.stop(trialDeadlineMs);
  const isWorking = byteCount === pictureBytes;
  if (!isWorking) logger.info({ ...sandbox, code, stderrTail, error: spawnError }, 'a sandbox does not work here');
  return isWorking;
}
