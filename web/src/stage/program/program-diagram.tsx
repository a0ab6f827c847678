/** What viewers see now, as a small live drawing. */
import type { ProgramState, ProgramTile } from '../../../../src/signaling/protocol/index.ts';
import { initials } from '../../lib/format.ts';
import { slateTitle } from './program-words.ts';

const width = 320;
const height = 180;

interface ProgramDiagramProps {
  readonly state: ProgramState;
  readonly title: string;
  readonly nameOf: (peerId: string) => string;
  readonly speakerPeerId: string | null;
}

export function ProgramDiagram({ state, title, nameOf, speakerPeerId }: ProgramDiagramProps) {
  const { scene, shown } = state;
  const isSlate = scene.kind !== 'live';
  const tiles = isSlate ? [] : (shown?.tiles ?? []);
  const people = tiles.map(({ peerId, content }) =>
    content === 'screen' ? `screen of ${nameOf(peerId)}` : nameOf(peerId),
  );
  return (
    <svg
      class="program-diagram"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={[title, ...people].join(', ')}
    >
      <rect class="diagram-canvas" width={width} height={height} rx="8" />
      {tiles.map((tile) => (
        <DiagramTile
          key={`${tile.peerId}-${tile.content}`}
          tile={tile}
          name={nameOf(tile.peerId)}
          isSpeaking={tile.peerId === speakerPeerId && tile.content === 'camera'}
        />
      ))}
      {tiles.length === 0 && (
        <text class="diagram-slate" x={width / 2} y={height / 2}>
          {isSlate ? slateTitle(scene) : title}
        </text>
      )}
      {state.branding.hasLogo && shown !== null && (
        <rect class="diagram-logo" x={width - 46} y="10" width="36" height="14" rx="3" />
      )}
      {(shown?.hiddenCount ?? 0) > 0 && !isSlate && (
        <text class="diagram-more" x={width - 8} y={height - 10}>
          +{shown?.hiddenCount}
        </text>
      )}
    </svg>
  );
}

function DiagramTile({
  tile,
  name,
  isSpeaking,
}: {
  readonly tile: ProgramTile;
  readonly name: string;
  readonly isSpeaking: boolean;
}) {
  const gap = 2;
  const box = {
    x: tile.x * width + gap,
    y: tile.y * height + gap,
    width: Math.max(0, tile.width * width - 2 * gap),
    height: Math.max(0, tile.height * height - 2 * gap),
  };
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const fontSize = Math.min(28, box.height * 0.34);
  const names = ['diagram-tile', tile.content === 'screen' ? 'screen' : '', isSpeaking ? 'speaking' : ''];
  return (
    <g class={names.filter((one) => one !== '').join(' ')}>
      <rect {...box} rx="4" />
      {tile.content === 'screen' ? (
        <path
          d="M-16 -10h32v20h-32zM-6 16h12M0 10v6"
          transform={`translate(${middle.x} ${middle.y - 3}) scale(${Math.min(1.6, box.height / 50)})`}
        />
      ) : (
        <text x={middle.x} y={middle.y} style={{ fontSize: `${fontSize}px` }}>
          {initials(name)}
        </text>
      )}
    </g>
  );
}
