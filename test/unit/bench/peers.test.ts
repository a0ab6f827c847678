import { describe, expect, it } from 'vitest';
import { grabArguments, pageHtml } from '../../../bench/peers/chromium.ts';
import { pipelineArguments } from '../../../bench/peers/gstreamer.ts';
import { type PeerWork } from '../../../bench/peers/peer.ts';

const panelist = (identity: number): PeerWork['people'][number] => ({
  identity,
  toneHz: 400,
  videoUnits: [],
  audioUnits: [],
  videoBitsPerSec: 0,
  files: { ivf: Buffer.alloc(0), ogg: Buffer.alloc(0) },
});

const work: PeerWork = {
  people: [panelist(1), panelist(2)],
  canvas: { width: 1280, height: 720, frameRate: 30 },
  rungs: [
    { width: 1280, height: 720, bitsPerSec: 2_500_000 },
    { width: 768, height: 432, bitsPerSec: 1_000_000 },
  ],
  audioBitsPerSec: 96_000,
  gopFrameCount: 60,
  encoder: 'preset',
  seconds: 5,
  directory: '/bench',
};
const ports = [
  { video: 5000, audio: 5001 },
  { video: 5002, audio: 5003 },
];

describe('pipelineArguments', () => {
  it('puts everybody in the place that our layout gives them, and encodes each size from the one above', () => {
    const text = pipelineArguments(work, ports).join(' ');
    expect(text).toContain('sink_1::xpos=960 sink_1::ypos=270 sink_1::width=320 sink_1::height=180');
    expect(text).toContain('size0. ! queue ! videoscale ! video/x-raw,width=768,height=432');
    expect(text.match(/x264enc/g)).toHaveLength(2);
    expect(text).toContain('udpsrc port=5003');
  });

  it('with our settings tells x264 what our encoder changes', () => {
    expect(pipelineArguments(work, ports).join(' ')).not.toContain('partitions');
    expect(pipelineArguments({ ...work, encoder: 'ours' }, ports).join(' ')).toContain(':subme=1:partitions=none');
  });
});

describe('grabArguments', () => {
  it('grabs screen and sound and writes a file for each size and the sound', () => {
    const args = grabArguments(work, ':7');
    expect(args).toContain(':7');
    expect(args.filter((arg) => arg.startsWith('/bench/'))).toEqual([
      '/bench/720p.ts',
      '/bench/432p.ts',
      '/bench/audio.ts',
    ]);
    expect(args).not.toContain('-x264-params');
    expect(grabArguments({ ...work, encoder: 'ours' }, ':7')).toContain('subme=1:partitions=none');
  });
});

describe('pageHtml', () => {
  it('shows each panelist from a file in the place that our layout gives them', () => {
    expect(pageHtml(work)).toContain(
      '<div style="left:960px;top:270px;width:320px;height:180px"><video autoplay loop src="panelist-2.webm">',
    );
  });
});
