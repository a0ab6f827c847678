/** The speaker bar: a lane per speaker, a click seeks, gaps shaded, the position as a line. */
import { formatClock } from '../lib/format.ts';
import { type RecordingDetail } from './recording-model.ts';
import { buildTimeline, toBlock, type TimelineBlock } from './speaker-timeline.ts';

interface TimelineViewProps {
  readonly detail: RecordingDetail;
  readonly durationSec: number;
  readonly positionSec: number;
  readonly onSeek: (toSec: number) => void;
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(3)}%`;

export function TimelineView({ detail, durationSec, positionSec, onSeek }: TimelineViewProps) {
  const lanes = buildTimeline(detail, durationSec);
  if (lanes.length === 0) return null;
  const gaps = detail.gaps.map(({ startSec, endSec }) => toBlock(startSec, endSec, durationSec));
  const seekFromClick = (event: MouseEvent & { readonly currentTarget: HTMLElement }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    onSeek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * durationSec);
  };
  return (
    <section class="timeline" aria-label="Speakers">
      {lanes.map(({ participantId, displayName, spokenSec, blocks }, laneIndex) => (
        <div class="lane" key={participantId}>
          <span class="lane-name small">
            <span>{displayName}</span> <span class="muted number">{formatClock(spokenSec)}</span>
          </span>
          <div class="track" onClick={seekFromClick}>
            {gaps.map((gap) => gap !== undefined && <span class="gap" key={gap.startSec} style={placeOf(gap)} />)}
            {blocks.map((block) => (
              <button
                type="button"
                key={block.startSec}
                class={`block tone-${laneIndex % 5}`}
                style={placeOf(block)}
                aria-label={`${displayName} speaks from ${formatClock(block.startSec)} to ${formatClock(block.endSec)}`}
                onClick={(event) => {
                  // From the keyboard there is no place within the block: start at its beginning.
                  if (event.detail !== 0) return;
                  event.stopPropagation();
                  onSeek(block.startSec);
                }}
              />
            ))}
            <span class="cursor" style={{ left: percent(Math.min(1, positionSec / durationSec)) }} />
          </div>
        </div>
      ))}
    </section>
  );
}

/** Set through the CSSOM, which the Content-Security-Policy allows. */
function placeOf({ startRatio, widthRatio }: TimelineBlock): { left: string; width: string } {
  return { left: percent(startRatio), width: percent(widthRatio) };
}
