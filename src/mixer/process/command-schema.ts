/** Checks what arrives on the message channel against the contract of ports.ts. */
import { z } from 'zod';
import { idPattern } from '../../core/ids.ts';
import { brandingSchema, programSceneSchema } from '../branding.ts';
import { mixerError } from '../errors.ts';
import { sandboxLevels } from '../ffmpeg/sandbox.ts';
import { layoutRequestSchema } from '../layout-contract.ts';
import { type MixerCommand } from '../ports.ts';

const id = z.string().regex(idPattern);
/** Ids that others make: consumer ids and participant ids, used as keys only. */
const key = z.string().min(1).max(200);
/** Tiles are quarters of the canvas and chroma halves that again. */
const side = z.number().int().min(160).max(3840).multipleOf(8);

/** Chroma has half the sides. */
const rungSide = z.number().int().min(16).max(3840).multipleOf(2);

const videoRendition = z.object({
  renditionId: id,
  width: rungSide,
  height: rungSide,
  bitsPerSec: z.number().int().min(50_000).max(50_000_000),
});

const audioRendition = z.object({
  renditionId: id,
  bitsPerSec: z.number().int().min(16_000).max(512_000),
  channelId: id,
  languageTag: z.string().min(2).max(35).exactOptional(),
  name: z.string().min(1).max(100).exactOptional(),
});

const place = {
  runIndex: z.number().int().min(0),
  startTimeSec: z.number().min(10).max(1e7),
};

const options = z.object({
  webinarId: id,
  ...place,
  title: z.string().max(1000),
  canvas: z.object({
    width: side,
    height: side,
    // One frame must be a whole number of samples.
    frameRate: z.literal([24, 25, 30, 50, 60]),
  }),
  video: z.array(videoRendition).min(1).max(8),
  audio: z.array(audioRendition).min(1).max(16),
  gopFrameCount: z.number().int().min(1).max(600),
  rtpListenIp: z.union([z.ipv4(), z.ipv6()]),
  playoutDelayMs: z.number().min(0).max(5000),
  ffmpegPath: z.string().min(1),
  decoderSandbox: z.object({ level: z.enum(sandboxLevels), asNobody: z.boolean() }).exactOptional(),
});

const source = z.object({
  sourceId: key,
  participantId: key,
  kind: z.enum(['audio', 'video']),
  codec: z.enum(['VP8', 'H264', 'opus']),
  ssrc: z.number().int().min(0).max(0xffff_ffff),
  payloadType: z.number().int().min(0).max(127),
  clockRateHz: z.number().int().min(8000).max(192_000),
  content: z.enum(['camera', 'screen', 'microphone', 'screenAudio']),
});

const participant = z.object({
  participantId: key,
  displayName: z.string().max(1000),
  title: z.string().max(1000).optional(),
  isMicrophoneOn: z.boolean(),
  isCameraOn: z.boolean(),
  audioChannelId: id.optional(),
  isScreenOn: z.boolean().optional(),
});

const command: z.ZodType<MixerCommand> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), options }),
  z.object({ type: z.literal('addSource'), source }),
  z.object({ type: z.literal('removeSource'), sourceId: key }),
  z.object({ type: z.literal('setParticipants'), participants: z.array(participant).max(100) }),
  z.object({ type: z.literal('setSpeaker'), participantId: key.nullable() }),
  z.object({ type: z.literal('setLayout'), requestId: key, layout: layoutRequestSchema }),
  z.object({ type: z.literal('setBranding'), branding: brandingSchema }),
  z.object({ type: z.literal('setScene'), scene: programSceneSchema, crossfade: z.boolean().optional() }),
  z.object({ type: z.literal('beginRun'), ...place }),
  z.object({ type: z.literal('endRun'), runIndex: place.runIndex, cause: z.string().max(200) }),
  z.object({ type: z.literal('stop') }),
]);

/** @throws MIXER_COMMAND_INVALID */
export function parseMixerCommand(message: unknown): MixerCommand {
  const parsed = command.safeParse(message);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw mixerError('MIXER_COMMAND_INVALID', { details: { problems } });
}
