import { describe, expect, it } from 'vitest';
import { readIvfFrames, readOggOpusPackets } from '../../../bench/lib/media-containers.ts';

function ivf(...frames: Buffer[]): Buffer {
  const header = Buffer.alloc(32);
  header.write('DKIF', 'latin1');
  const parts = frames.map((frame) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(frame.length);
    return Buffer.concat([head, frame]);
  });
  return Buffer.concat([header, ...parts]);
}

function oggPage(lacing: number[], body: Buffer): Buffer {
  const header = Buffer.alloc(27);
  header.write('OggS', 'latin1');
  header[26] = lacing.length;
  return Buffer.concat([header, Buffer.from(lacing), body]);
}

describe('readIvfFrames', () => {
  it('gives every frame as it is', () => {
    const frames = [Buffer.from('key'), Buffer.alloc(0), Buffer.from('delta')];
    expect(readIvfFrames(ivf(...frames))).toEqual(frames);
  });

  it('refuses other files and files cut short', () => {
    expect(() => readIvfFrames(Buffer.from('RIFF'))).toThrow('no IVF');
    expect(() => readIvfFrames(ivf(Buffer.from('frame')).subarray(0, -1))).toThrow('cut short');
  });
});

describe('readOggOpusPackets', () => {
  const headers = [oggPage([8], Buffer.from('OpusHead')), oggPage([8], Buffer.from('OpusTags'))];

  it('leaves out the two headers and takes several packets from one page', () => {
    const file = Buffer.concat([...headers, oggPage([2, 3], Buffer.from('abcde'))]);
    expect(readOggOpusPackets(file).map(String)).toEqual(['ab', 'cde']);
  });

  it('joins a packet that fills its lacing value, within a page and across two', () => {
    const long = Buffer.alloc(300, 'x');
    const file = Buffer.concat([
      ...headers,
      oggPage([255, 45], long),
      oggPage([255], long.subarray(0, 255)),
      oggPage([45], long.subarray(255)),
    ]);
    expect(readOggOpusPackets(file)).toEqual([long, long]);
  });

  it('refuses what is no Ogg', () => {
    expect(() => readOggOpusPackets(Buffer.from('no pages here'))).toThrow('no Ogg page at byte 0');
  });
});
