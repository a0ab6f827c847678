/** Everybody on stage: as a grid of equals, or with who speaks large and the others in a strip. */
import { useRef } from 'preact/hooks';
import { type ComponentChildren } from 'preact';
import type { PeerInfo } from '../../../src/signaling/protocol/index.ts';
import { useStore } from '../lib/use-store.ts';
import { largePeer } from './large-peer.ts';
import { type LocalMedia } from './local-media.ts';
import { hasPeerPicture, hasPeerScreen, isPeerMuted, streamIdOf, type Roster } from './roster.ts';
import { type StageSession, type StageView } from './stage-session.ts';
import { ScreenTile, Tile, type Pin } from './tile.tsx';
import { TileGridView } from './tile-grid-view.tsx';
import { type HeightListener } from './use-shown-height.ts';
import { useTrackStream } from './video-view.tsx';

export type StageArrangement = 'grid' | 'speaker';

interface TilesProps {
  readonly session: StageSession;
  readonly media: LocalMedia;
  readonly view: StageView;
  readonly name: string;
  readonly arrangement: StageArrangement;
}

export function Tiles({ session, media, view, name, arrangement }: TilesProps) {
  const { roster } = view;
  const { microphone, camera } = useStore(media.state);
  const streams = useStore(session.streams.streams);
  const ownStream = useTrackStream(camera.track);
  const ownScreen = useStore(session.screen.state).picture;
  const ownScreenStream = useTrackStream(ownScreen);
  const largeId = useRef<string | undefined>(undefined);
  const listeners = useHeightListeners(session);
  largeId.current = largePeer({
    peerIds: roster.peers.map(({ peerId }) => peerId),
    activeSpeakerPeerId: roster.activeSpeakerPeerId,
    selfPeerId: roster.selfPeerId,
    previousId: largeId.current,
  });
  const screens = [
    ...roster.peers
      .filter(hasPeerScreen)
      .map((peer) => (
        <ScreenTile
          key={`${peer.peerId}-screen`}
          name={peer.displayName}
          isSelf={false}
          stream={streams.get(streamIdOf({ peerId: peer.peerId, source: 'screen' }))}
        />
      )),
    ...(ownScreen === undefined ? [] : [<ScreenTile key="self-screen" name={name} isSelf stream={ownScreenStream} />]),
  ];
  const self = (
    <Tile
      key="self"
      name={name}
      title={roster.personTitle}
      isSelf
      isMuted={view.isMuted || microphone.track === undefined}
      audioChannelId={roster.audioChannelId}
      isSpeaking={roster.selfPeerId !== undefined && roster.activeSpeakerPeerId === roster.selfPeerId}
      hasPicture={camera.track !== undefined}
      stream={ownStream}
      pin={roster.selfPeerId === undefined ? undefined : pinOf(session, roster, roster.selfPeerId)}
    />
  );
  const tileOf = (peer: PeerInfo) => (
    <Tile
      key={peer.peerId}
      name={peer.displayName}
      title={peer.title}
      isSelf={false}
      isMuted={isPeerMuted(peer)}
      audioChannelId={peer.audioChannelId}
      isSpeaking={roster.activeSpeakerPeerId === peer.peerId}
      isAway={peer.isAway === true}
      hasPicture={hasPeerPicture(peer)}
      stream={streams.get(peer.peerId)}
      pin={peer.audioChannelId === undefined ? pinOf(session, roster, peer.peerId) : undefined}
      onShownHeight={listeners(peer.peerId)}
    />
  );
  const large = roster.peers.find(({ peerId }) => peerId === largeId.current);
  if (arrangement === 'grid' || (large === undefined && screens.length === 0)) {
    return (
      <main class="stage-main">
        <TileGridView tileCount={screens.length + 1 + roster.peers.length}>
          {screens}
          {self}
          {roster.peers.map(tileOf)}
        </TileGridView>
      </main>
    );
  }
  // A screen is what is looked at while there is one.
  const [screen, ...otherScreens] = screens;
  const others = screen === undefined ? roster.peers.filter((peer) => peer !== large) : roster.peers;
  return (
    <main class="stage-main">
      <SpeakerBox large={screen ?? (large && tileOf(large))}>
        {otherScreens}
        {self}
        {others.map(tileOf)}
      </SpeakerBox>
    </main>
  );
}

function SpeakerBox({ large, children }: { readonly large: ComponentChildren; readonly children: ComponentChildren }) {
  return (
    <div class="speaker-box">
      <div class="speaker-large">{large}</div>
      <div class="speaker-strip">{children}</div>
    </div>
  );
}

/** One listener per person, the same one on every drawing. */
function useHeightListeners(session: StageSession): (peerId: string) => HeightListener {
  const known = useRef(new Map<string, HeightListener>());
  return (peerId) => {
    const listener = known.current.get(peerId) ?? ((heightPx) => session.setTile(peerId, heightPx));
    known.current.set(peerId, listener);
    return listener;
  };
}

function pinOf(session: StageSession, roster: Roster, peerId: string): Pin | undefined {
  if (!roster.permissions.includes('changeLayout') || roster.program === undefined) return undefined;
  const isPinned = roster.program.layout.pinnedIds.includes(peerId);
  return { isPinned, toggle: () => void session.program.setPinned(peerId, !isPinned) };
}
