/** Packets out of the two containers FFmpeg writes for us: VP8 frames from IVF, Opus packets from Ogg. Pure. */

const ivfHeaderBytes = 32;
const ivfFrameHeaderBytes = 12;
const oggHeaderBytes = 27;
/** OpusHead and OpusTags (RFC 7845 section 3). */
const opusHeaderPacketCount = 2;

/** Frames of an IVF file, in order. @throws Error when it is no IVF or is cut short */
export function readIvfFrames(file: Buffer): Buffer[] {
  if (file.toString('latin1', 0, 4) !== 'DKIF') throw new Error('This is no IVF file.');
  const frames: Buffer[] = [];
  for (let at = ivfHeaderBytes; at < file.length;) {
    const start = at + ivfFrameHeaderBytes;
    const end = start + file.readUInt32LE(at);
    if (end > file.length) throw new Error('The IVF file is cut short.');
    frames.push(file.subarray(start, end));
    at = end;
  }
  return frames;
}

/** Opus packets of an Ogg file with one stream, without its headers (RFC 3533 section 6). @throws Error when it is no Ogg */
export function readOggOpusPackets(file: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let pieces: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    if (file.toString('latin1', at, at + 4) !== 'OggS') throw new Error(`There is no Ogg page at byte ${at}.`);
    const lacing = file.subarray(at + oggHeaderBytes, at + oggHeaderBytes + file[at + oggHeaderBytes - 1]!);
    let start = at + oggHeaderBytes + lacing.length;
    for (const size of lacing) {
      pieces.push(file.subarray(start, start + size));
      start += size;
      // A full lacing value says that the packet goes on.
      if (size === 255) continue;
      packets.push(Buffer.concat(pieces));
      pieces = [];
    }
    at = start;
  }
  return packets.slice(opusHeaderPacketCount);
}
