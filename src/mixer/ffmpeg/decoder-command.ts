/** Command line of one live decoder: IVF in on pipe:0, the pictures out on pipe:1 in one fixed size. Pure. */

import { type TileFit } from '../source-contract.ts';

export interface DecoderCommandOptions {
  readonly codec: 'VP8' | 'H264';
  /** Of the raw I420 that comes out, even. */
  readonly width: number;
  readonly height: number;
  /** `cover` by default. */
  readonly fit?: TileFit;
}

/** 1920x1920: more than any camera sends, either way up. A shared screen may be a 4K one. */
const maxPixels = { cover: 1920 * 1920, contain: 4096 * 2304 } as const;

export const decoderInputFd = 0;
export const decoderOutputFd = 1;

const decoderOf = { VP8: 'vp8', H264: 'h264' } as const;

export function decoderArgs(options: DecoderCommandOptions): string[] {
  const { codec } = options;
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'warning'],
    // Threads hold frames back: one per decoder, filter graph and (below) rawvideo encoder.
    ...['-filter_complex_threads', '1', '-threads', '1', '-flags', 'low_delay'],
    // No probing beyond the header. Never add nobuffer: it throws the probed frame, the keyframe, away.
    ...['-probesize', '32', '-analyzeduration', '0'],
    // A picture's size stands in its header: no panelist may make the decoder take gigabytes.
    ...['-max_pixels', String(maxPixels[options.fit ?? 'cover'])],
    // What panelists send can name no other file, protocol, container or codec.
    ...['-protocol_whitelist', 'pipe', '-c:v', decoderOf[codec], '-f', 'ivf', '-i', `pipe:${decoderInputFd}`],
    ...['-filter_complex', `[0:v]${fitInto(options)}[tile]`, '-map', '[tile]', '-fps_mode', 'passthrough'],
    ...['-threads', '1', '-f', 'rawvideo', '-flush_packets', '1', `pipe:${decoderOutputFd}`],
  ];
}

/**
 * `cover`: landscape fills the tile, cut at the centre; portrait (a phone) is shown whole between black bars. `contain`:
 * everything is shown whole. Evaluated
 * for the size of the pictures that arrive, so a simulcast switch or a turned phone changes nothing in the output.
 */
function fitInto({ width, height, fit }: DecoderCommandOptions): string {
  const whole = `min(${width}/iw,${height}/ih)`;
  const factor = fit === 'contain' ? whole : `if(gte(iw,ih),max(${width}/iw,${height}/ih),${whole})`;
  // Upwards to even, with room for rounding errors of the division.
  const scaled = (side: string): string => `'ceil(${side}*${factor}/2-0.01)*2'`;
  return [
    `scale=w=${scaled('iw')}:h=${scaled('ih')}:out_color_matrix=bt709:out_range=tv:flags=bilinear`,
    'format=yuv420p',
    `crop=w='min(iw,${width})':h='min(ih,${height})'`,
    `pad=${width}:${height}:-1:-1:black`,
    'setsar=1',
  ].join(',');
}
