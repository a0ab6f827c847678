/** The host's panel: what viewers see, and everything that changes it. */
import { useCallback } from 'preact/hooks';
import type { LayoutChoice } from '../../../../src/signaling/protocol/index.ts';
import { Button } from '../../ui/components.tsx';
import { type Roster } from '../roster.ts';
import { LayoutButtons } from './layout-buttons.tsx';
import { LookForm } from './look-form.tsx';
import { ProgramDiagram } from './program-diagram.tsx';
import { type ProgramHost } from './program-host.ts';
import { shownTitle } from './program-words.ts';
import { SceneControl } from './scene-control.tsx';
import './program.css';

interface ProgramPanelProps {
  readonly host: ProgramHost;
  readonly roster: Roster;
  readonly ownName: string;
  readonly onClose: () => void;
}

export function ProgramPanel({ host, roster, ownName, onClose }: ProgramPanelProps) {
  const choose = useCallback((layout: LayoutChoice) => void host.setLayout({ layout }), [host]);
  const { program } = roster;
  if (program === undefined) return null;
  const title = shownTitle(program, roster.webinarState);
  const isDrawn = program.scene.kind === 'live' && (program.shown?.tiles.length ?? 0) > 0;
  const nameOf = (peerId: string): string =>
    peerId === roster.selfPeerId ? ownName : (roster.peers.find((peer) => peer.peerId === peerId)?.displayName ?? '');
  return (
    <aside class="program" aria-label="Program">
      <header class="program-head">
        <h2>Viewers see</h2>
        <span class="spacer" />
        <Button label="Close the panel" icon="close" isIconOnly onClick={onClose} />
      </header>
      <ProgramDiagram state={program} title={title} nameOf={nameOf} speakerPeerId={roster.activeSpeakerPeerId} />
      <p class={isDrawn ? 'program-title' : 'visually-hidden'} role="status">
        {title}
      </p>
      <h3>Layout</h3>
      <LayoutButtons chosen={program.layout.layout} onChoose={choose} />
      <label class="check">
        <input
          type="checkbox"
          checked={program.layout.crossfade}
          onChange={(event) =>
            void host.setLayout({ layout: program.layout.layout, crossfade: event.currentTarget.checked })
          }
        />
        Blend changes softly
      </label>
      <h3>Scene</h3>
      <SceneControl
        scene={program.scene}
        onScene={(scene) => void host.setScene(scene)}
        onCountdown={(minutes) => void host.countDown(minutes)}
      />
      <details class="look-details">
        <summary>Look: theme, banner, ticker, logo</summary>
        <LookForm branding={program.branding} host={host} />
      </details>
    </aside>
  );
}
