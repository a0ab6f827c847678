/** Owns the own camera and microphone: opening, switching, stopping, and what went wrong. */
import { Store } from '../lib/store.ts';
import { describeProblem, problemFromError, type DeviceProblem, type DeviceSource } from './device-problem.ts';
import { captureFramerate, captureHeightPx, captureWidthPx } from './simulcast.ts';

export interface SourceState {
  readonly track: MediaStreamTrack | undefined;
  /** The chosen device; undefined means the browser's default. */
  readonly deviceId: string | undefined;
  readonly isOpening: boolean;
  readonly problem: DeviceProblem | undefined;
}

export interface LocalMediaState {
  readonly microphone: SourceState;
  readonly camera: SourceState;
  readonly devices: readonly MediaDeviceInfo[];
}

const closedSource: SourceState = { track: undefined, deviceId: undefined, isOpening: false, problem: undefined };

export class LocalMedia {
  readonly state = new Store<LocalMediaState>({ microphone: closedSource, camera: closedSource, devices: [] });
  readonly #abort = new AbortController();
  /** Counts opens and closes per source, so that a slow open does not undo a later close. */
  readonly #turn: Record<DeviceSource, number> = { microphone: 0, camera: 0 };

  /** Undefined on insecure pages, whatever the typings say. */
  get #mediaDevices(): MediaDevices | undefined {
    return navigator.mediaDevices;
  }

  start(): void {
    const options = { signal: this.#abort.signal };
    this.#mediaDevices?.addEventListener('devicechange', () => void this.#listDevices(), options);
  }

  /** Opens both with one permission question; if that fails, each alone, to tell which one is the problem. */
  async openBoth(): Promise<void> {
    if (this.#mediaDevices !== undefined) {
      this.#patch('microphone', { isOpening: true });
      this.#patch('camera', { isOpening: true });
      const turns = { ...this.#turn };
      try {
        const stream = await this.#mediaDevices.getUserMedia({
          audio: constraintsFor('microphone', undefined),
          video: constraintsFor('camera', undefined),
        });
        this.#take('microphone', stream.getAudioTracks()[0], turns.microphone);
        this.#take('camera', stream.getVideoTracks()[0], turns.camera);
        return await this.#listDevices();
      } catch {
        // Opened one by one below, where each failure is reported.
      }
    }
    await this.open('microphone');
    await this.open('camera');
  }

  /** @param deviceId the device to use from now on; the one used before when left out. */
  async open(source: DeviceSource, deviceId = this.state.value[source].deviceId): Promise<void> {
    this.#turn[source] += 1;
    const turn = this.#turn[source];
    if (this.#mediaDevices === undefined) {
      return this.#patch(source, { isOpening: false, problem: describeProblem(source, 'insecure') });
    }
    // Phones cannot open a second camera while the first is in use.
    this.state.value[source].track?.stop();
    this.#patch(source, { deviceId, isOpening: true, problem: undefined });
    try {
      const constraints = constraintsFor(source, deviceId);
      const stream = await this.#mediaDevices.getUserMedia(
        source === 'microphone' ? { audio: constraints } : { video: constraints },
      );
      this.#take(source, stream.getTracks()[0], turn);
    } catch (thrown) {
      if (turn !== this.#turn[source]) return;
      const problem = problemFromError(source, thrown instanceof Error ? thrown.name : '');
      this.#patch(source, { track: undefined, isOpening: false, problem });
    }
    await this.#listDevices();
  }

  /** Stops the track: the device's light goes off. */
  stop(source: DeviceSource): void {
    this.#turn[source] += 1;
    this.state.value[source].track?.stop();
    this.#patch(source, { track: undefined, isOpening: false, problem: undefined });
  }

  /** Idempotent. */
  close(): void {
    this.#abort.abort();
    this.stop('microphone');
    this.stop('camera');
  }

  #take(source: DeviceSource, track: MediaStreamTrack | undefined, turn: number): void {
    if (turn !== this.#turn[source] || this.#abort.signal.aborted) return track?.stop();
    if (track === undefined) return;
    track.contentHint = source === 'camera' ? 'motion' : 'speech';
    track.addEventListener('ended', () => this.#onEnded(source, track), { signal: this.#abort.signal });
    const deviceId = track.getSettings().deviceId ?? this.state.value[source].deviceId;
    this.#patch(source, { track, deviceId, isOpening: false, problem: undefined });
  }

  /** Unplugged, or the permission was withdrawn. */
  #onEnded(source: DeviceSource, track: MediaStreamTrack): void {
    if (this.state.value[source].track !== track) return;
    this.#patch(source, { track: undefined, deviceId: undefined, problem: describeProblem(source, 'lost') });
    void this.#listDevices();
  }

  async #listDevices(): Promise<void> {
    const devices = (await this.#mediaDevices?.enumerateDevices()) ?? [];
    // Without permission the browser hides ids; such entries cannot be chosen.
    this.state.update((state) => ({ ...state, devices: devices.filter(({ deviceId }) => deviceId !== '') }));
  }

  #patch(source: DeviceSource, patch: Partial<SourceState>): void {
    this.state.update((state) => ({ ...state, [source]: { ...state[source], ...patch } }));
  }
}

function constraintsFor(source: DeviceSource, deviceId: string | undefined): MediaTrackConstraints {
  const device = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  if (source === 'microphone') {
    return { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  }
  return {
    ...device,
    width: { ideal: captureWidthPx },
    height: { ideal: captureHeightPx },
    frameRate: { ideal: captureFramerate, max: captureFramerate },
  };
}
