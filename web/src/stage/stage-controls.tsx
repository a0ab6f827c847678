/** Microphone, camera, screen, devices, leave. */
import { type ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { useStore } from '../lib/use-store.ts';
import { Button } from '../ui/components.tsx';
import { DevicePicker } from './device-picker.tsx';
import { type LocalMedia } from './local-media.ts';
import { mayPublish } from '../../../src/signaling/protocol/permission-of-source.ts';
import { type StageSession, type StageView } from './stage-session.ts';

interface StageControlsProps {
  readonly session: StageSession;
  readonly media: LocalMedia;
  readonly view: StageView;
  /** More buttons, before those for devices and leaving. */
  readonly children?: ComponentChildren;
}

export function StageControls({ session, media, view, children }: StageControlsProps) {
  const { microphone, camera } = useStore(media.state);
  const devices = useRef<HTMLDialogElement>(null);
  const isMicrophoneOn = microphone.track !== undefined && !view.isMuted;
  const isCameraOn = camera.track !== undefined;
  const screen = useStore(session.screen.state);
  const isSharing = screen.picture !== undefined;
  const { permissions, place } = view.roster;
  const toggleMicrophone = (): void => {
    if (microphone.track !== undefined) return session.setMuted(!view.isMuted);
    session.setMuted(false);
    void media.open('microphone');
  };
  return (
    <footer class="stage-controls">
      <Button
        label={isMicrophoneOn ? 'Mute' : 'Unmute'}
        icon={isMicrophoneOn ? 'mic' : 'micOff'}
        isDisabled={microphone.isOpening || !mayPublish(permissions, 'microphone')}
        onClick={toggleMicrophone}
      />
      <Button
        label={isCameraOn ? 'Camera off' : 'Camera on'}
        icon={isCameraOn ? 'camera' : 'cameraOff'}
        isDisabled={camera.isOpening || !mayPublish(permissions, 'camera')}
        onClick={() => (isCameraOn ? media.stop('camera') : void media.open('camera'))}
      />
      {place === 'stage' && (
        <Button
          label={isSharing ? 'Stop sharing' : 'Share screen'}
          icon={isSharing ? 'screenOff' : 'screen'}
          isDisabled={screen.isOpening || !mayPublish(permissions, 'screen')}
          onClick={() => (isSharing ? session.screen.stop() : void session.screen.start())}
        />
      )}
      {children}
      <Button label="Devices" icon="settings" isIconOnly onClick={() => devices.current?.showModal()} />
      <Button label="Leave" icon="leave" isIconOnly onClick={() => void session.leave()} />
      <dialog ref={devices} aria-label="Devices">
        <form method="dialog" class="dialog-body">
          <h2>Devices</h2>
          <DevicePicker media={media} source="microphone" />
          <DevicePicker media={media} source="camera" />
          <div class="row">
            <Button type="submit" tone="primary" label="Done" />
          </div>
        </form>
      </dialog>
    </footer>
  );
}
