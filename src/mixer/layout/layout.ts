/** What is shown where, decided from who is on stage and who speaks. Pure. */
import { type Rect } from '../picture/i420.ts';
import { type MixerParticipant } from '../ports.ts';
import { type CanvasSize, maxThumbnailCount, stageRect, thumbnailRects } from './geometry.ts';

/** Of two sizes in this layout. */
export type TileKind = 'stage' | 'thumbnail';

export interface Tile {
  readonly participant: MixerParticipant;
  readonly kind: TileKind;
  readonly rect: Rect;
  /** Draws the speaking border. */
  readonly isSpeaking: boolean;
  /** People who are not shown; above 0 only on the last thumbnail. */
  readonly hiddenCount: number;
}

/**
 * Tiles of one moment; none when nobody is on stage.
 * @param order participant ids as `arrangeStage` gives them: the first is on stage.
 * @param speakerId dominant speaker now, null in silence.
 */
export function layOut(
  canvas: CanvasSize,
  order: readonly string[],
  participants: readonly MixerParticipant[],
  speakerId: string | null,
): Tile[] {
  const seated = order.flatMap((id) => participants.find((participant) => participant.participantId === id) ?? []);
  const thumbnailCount = Math.min(Math.max(0, seated.length - 1), maxThumbnailCount);
  const hiddenCount = Math.max(0, seated.length - 1 - maxThumbnailCount);
  const rects = [stageRect(canvas, thumbnailCount), ...thumbnailRects(canvas, thumbnailCount)];
  return seated.slice(0, rects.length).map((participant, index) => ({
    participant,
    kind: index === 0 ? 'stage' : 'thumbnail',
    rect: rects[index]!,
    isSpeaking: participant.participantId === speakerId && participant.isMicrophoneOn,
    hiddenCount: index === maxThumbnailCount ? hiddenCount : 0,
  }));
}
