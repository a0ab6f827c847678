/** Recording: spool that survives kill -9, verified uploads, finished recordings with a manifest. The folder's only door. */
export { type RecorderHandle, type RecorderSideChannel } from './channel.ts';
export { type RecorderMessage } from './command-schema.ts';
export { recordingConfigSchema } from './config.ts';
export { recordingError, recordingErrorCatalog } from './errors.ts';
export { type RecordingManifest } from './finishing/manifest.ts';
export {
  type OpenedObject,
  type RecordingDetails,
  type RecordingEntry,
  RecordingLibrary,
  type RecordingLibraryOptions,
  type RecordingSummary,
  type UnfinishedRecording,
  type VerifyResult,
} from './library/recording-library.ts';
export { isObjectKey, recordingPrefix } from './object-key.ts';
export {
  type ObjectStore,
  type RecordedEvent,
  type RecordedFragment,
  type RecordedInit,
  type RecordedPart,
  type RecordedSegment,
  type RecorderCommand,
  type RecorderEvent,
  type RecordingStart,
} from './ports.ts';
export { type RecorderProcessOptions, runRecorderProcess } from './recorder-process.ts';
export { LocalObjectStore } from './store/local-object-store.ts';
export { type UnnumberedCommand } from './supervisor/command-backlog.ts';
export {
  createRecorderSupervisor,
  type RecorderSupervisor,
  type RecorderSupervisorEvents,
  type RecorderSupervisorOptions,
} from './supervisor/recorder-supervisor.ts';
