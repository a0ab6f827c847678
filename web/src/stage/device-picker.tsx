/** Chooses a camera or microphone, and says what is wrong with it. */
import { useStore } from '../lib/use-store.ts';
import { Button, Notice } from '../ui/components.tsx';
import { type DeviceSource } from './device-problem.ts';
import { type LocalMedia } from './local-media.ts';

const labels: Readonly<Record<DeviceSource, string>> = { camera: 'Camera', microphone: 'Microphone' };
const kinds: Readonly<Record<DeviceSource, MediaDeviceKind>> = { camera: 'videoinput', microphone: 'audioinput' };

export function DevicePicker({ media, source }: { readonly media: LocalMedia; readonly source: DeviceSource }) {
  const state = useStore(media.state);
  const { deviceId, isOpening } = state[source];
  const devices = state.devices.filter(({ kind }) => kind === kinds[source]);
  return (
    <label class="field">
      {labels[source]}
      <select
        value={deviceId ?? ''}
        disabled={isOpening || devices.length === 0}
        onChange={(event) => void media.open(source, event.currentTarget.value)}
      >
        {devices.length === 0 && <option value="">None available</option>}
        {devices.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label === '' ? `${labels[source]} ${index + 1}` : device.label}
          </option>
        ))}
      </select>
    </label>
  );
}

export function DeviceProblems({ media }: { readonly media: LocalMedia }) {
  const state = useStore(media.state);
  const sources: readonly DeviceSource[] = ['microphone', 'camera'];
  return (
    <>
      {sources.map((source) => {
        const { problem } = state[source];
        return (
          problem !== undefined && (
            <Notice key={source} tone="bad" title={problem.title}>
              <p>{problem.fix}</p>
              {problem.kind !== 'insecure' && <Button label="Try again" onClick={() => void media.open(source)} />}
            </Notice>
          )
        );
      })}
    </>
  );
}
