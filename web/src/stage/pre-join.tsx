/** Before the stage: look at oneself, choose devices, say one's name. */
import { useStore } from '../lib/use-store.ts';
import { Badge, Button, Notice, TopBar } from '../ui/components.tsx';
import { DevicePicker, DeviceProblems } from './device-picker.tsx';
import { displayNameMaxLength, parseDisplayName } from '../lib/display-name.ts';
import { roleWords } from './people/permission-words.ts';
import { LevelBar } from './level-bar.tsx';
import { type LocalMedia } from './local-media.ts';
import { type StageView } from './stage-session.ts';
import { useTrackStream, VideoView } from './video-view.tsx';

interface PreJoinProps {
  readonly media: LocalMedia;
  readonly view: StageView;
  readonly role: 'host' | 'coHost' | 'panelist' | undefined;
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly onMute: (isMuted: boolean) => void;
  readonly onJoin: (displayName: string) => void;
}

export function PreJoin({ media, view, role, name, onName, onMute, onJoin }: PreJoinProps) {
  const { microphone, camera } = useStore(media.state);
  const stream = useTrackStream(camera.track);
  const displayName = parseDisplayName(name);
  const isJoining = view.phase === 'joining';
  const isCameraOn = camera.track !== undefined;
  const isMicrophoneOn = microphone.track !== undefined && !view.isMuted;
  return (
    <div class="page">
      <TopBar>{role !== undefined && <Badge>{roleWords[role]}</Badge>}</TopBar>
      <main class="pre-join">
        <section class="preview" aria-label="Preview">
          <div class="tile">
            <VideoView stream={stream} isMuted isMirrored label="Your camera" />
            {!isCameraOn && <p class="no-picture">{camera.isOpening ? 'Starting the camera' : 'Camera is off'}</p>}
            <div class="preview-controls">
              <Button
                label={isMicrophoneOn ? 'Mute microphone' : 'Unmute microphone'}
                icon={isMicrophoneOn ? 'mic' : 'micOff'}
                isIconOnly
                isDisabled={microphone.track === undefined}
                onClick={() => onMute(!view.isMuted)}
              />
              <Button
                label={isCameraOn ? 'Turn camera off' : 'Turn camera on'}
                icon={isCameraOn ? 'camera' : 'cameraOff'}
                isIconOnly
                isDisabled={camera.isOpening}
                onClick={() => (isCameraOn ? media.stop('camera') : void media.open('camera'))}
              />
            </div>
          </div>
          <LevelBar track={microphone.track} />
        </section>
        <form
          class="card"
          onSubmit={(event) => {
            event.preventDefault();
            if (displayName !== undefined && !isJoining) onJoin(displayName);
          }}
        >
          <h1>Ready for the stage?</h1>
          <label class="field">
            Your name, as everyone sees it
            <input
              type="text"
              name="name"
              autocomplete="name"
              required
              maxLength={displayNameMaxLength}
              value={name}
              onInput={(event) => onName(event.currentTarget.value)}
            />
          </label>
          <DevicePicker media={media} source="microphone" />
          <DevicePicker media={media} source="camera" />
          <DeviceProblems media={media} />
          {view.message !== undefined && (
            <Notice tone="warn" title="Joining did not work yet">
              {view.message} Trying again by itself.
            </Notice>
          )}
          <Button
            type="submit"
            tone="primary"
            label={isJoining ? 'Joining' : 'Join the stage'}
            isDisabled={isJoining || displayName === undefined}
          />
          {microphone.track === undefined && camera.track === undefined && !camera.isOpening && (
            <p class="muted small">You can join without camera and microphone, and turn them on later.</p>
          )}
        </form>
      </main>
    </div>
  );
}
