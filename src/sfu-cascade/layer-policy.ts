/** Which simulcast layer fills which tile. Pure. */
import { type types } from 'mediasoup';
import { sfuLimits } from './limits.ts';

/** What panelists' cameras are asked for. */
const fullHeightPx = 720;

/**
 * The smallest layer that fills a tile. Layers halve: of three, the largest has about 720 lines.
 * @param heightPx of the tile, in pixels that are shown
 * @param enlargement up to which a smaller picture still will do
 * @returns 0 for the smallest
 */
export function layerForHeight(layerCount: number, heightPx: number, enlargement: number): number {
  let layer = 0;
  while (layer < layerCount - 1 && (fullHeightPx / 2 ** (layerCount - 1 - layer)) * enlargement < heightPx) layer++;
  return layer;
}

/** One simulcast picture in the program. */
export interface ProgramPicture {
  readonly peerId: string;
  /** What fills its tile now; 0 the smallest. */
  readonly tileLayer: number;
  readonly topLayer: number;
}

/**
 * What the program wants to be sent of one picture: more than fills the tile of whoever may be large in a moment, since a
 * layer that its browser has to start first comes too late. Of few pictures that is everybody, of many who speaks.
 */
export function programLayer(picture: ProgramPicture, pictureCount: number, speakerPeerId: string | null): number {
  const mayGrow = pictureCount <= sfuLimits.maxPicturesInFull || picture.peerId === speakerPeerId;
  return mayGrow ? picture.topLayer : picture.tileLayer;
}

/** A simulcast consumer has one encoding whose scalability mode (L3T1) counts the layers. */
export function spatialLayerCount(consumer: types.Consumer): number {
  const mode = consumer.rtpParameters.encodings?.[0]?.scalabilityMode ?? 'L1T1';
  return Number(/^[LS](\d)/.exec(mode)?.[1] ?? 1);
}
