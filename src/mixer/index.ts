/** The mixer's door: its configuration, its process and the supervisor that keeps one running. */
export {
  brandingTextSchema,
  logoPlaceSchema,
  type MixerBranding,
  maxImageBytes,
  programSceneSchema,
  type SceneChoice,
  themeNames,
} from './branding.ts';
export { CostCache } from './admission/cost-cache.ts';
export { admissionErrorCatalog } from './admission/errors.ts';
export { LadderAdmission, type LadderAdmissionOptions } from './admission/ladder-admission.ts';
export { ladderOf, type MixerConfig, mixerConfigSchema } from './config.ts';
export { mixerErrorCatalog } from './errors.ts';
export { inspectImage } from './furniture/inspect-image.ts';
export { absoluteProgram, chooseSandbox, type SandboxMode } from './ffmpeg/choose-sandbox.ts';
export { type Sandbox, sandboxLevels } from './ffmpeg/sandbox.ts';
export { ffmpegErrorCatalog } from './ffmpeg/errors.ts';
export {
  type AppliedLayout,
  type LayoutName,
  layoutNames,
  type LayoutRequest,
  layoutRequestSchema,
} from './layout-contract.ts';
export { mixerInputErrorCatalog } from './input/index.ts';
export { type LadderRung, ladderText } from './ladder/ladder.ts';
export {
  type MixerCommand,
  type MixerEvent,
  type MixerParticipant,
  type MixerRunOptions,
  type MixerSource,
  type MixerStats,
} from './ports.ts';
export { type MixerChannel } from './process/channel.ts';
export { type RunningMixerProcess } from './process/mixer-process.ts';
export { runMixerProcess } from './process/run-mixer-process.ts';
export { type MixerProcess, type RunPlace } from './supervisor/mixer-process-port.ts';
export {
  createMixerSupervisor,
  type MixerSupervisor,
  type MixerSupervisorOptions,
} from './supervisor/mixer-supervisor.ts';
export { type ProgramEvent } from './supervisor/supervised-process.ts';
export { SpareMixer, type SpareMixerOptions } from './supervisor/spare-mixer.ts';
export { type PicturePart } from './uploads/picture-command.ts';
export { PlainPictures } from './uploads/plain-pictures.ts';
