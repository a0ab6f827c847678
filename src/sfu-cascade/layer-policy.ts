/** Which simulcast layer fills which tile. Pure. */
import { type types } from 'mediasoup';

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

/** A simulcast consumer has one encoding whose scalability mode (L3T1) counts the layers. */
export function spatialLayerCount(consumer: types.Consumer): number {
  const mode = consumer.rtpParameters.encodings?.[0]?.scalabilityMode ?? 'L1T1';
  return Number(/^[LS](\d)/.exec(mode)?.[1] ?? 1);
}
