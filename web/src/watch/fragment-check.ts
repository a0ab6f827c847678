/**
 * Looks at what was loaded before the player reads it: a part that a cache or a proxy mangled makes hls.js load it again
 * without a pause, a hundred times a second, or count through a table of billions of samples while the page stands still.
 * ISO/IEC 14496-12. Pure.
 */

const headerBytes = 8;
const containers: ReadonlySet<string> = new Set(['moof', 'traf']);
/** Far more than any part or segment has; only for tables whose samples take no bytes. */
const maxSampleCount = 100_000;

/** True when it is boxes from the first byte to the last, and the tables of its fragments fit into them. */
export function isFragmentSound(data: ArrayBuffer): boolean {
  return data.byteLength > 0 && areBoxesSound(new DataView(data));
}

/** True when captions begin as a WebVTT file does; the browser's reader copes with what follows. */
export function isWebvttSound(data: ArrayBuffer): boolean {
  return /^\ufeff?WEBVTT(?:[ \t\r\n]|$)/.test(new TextDecoder('utf-8', { ignoreBOM: true }).decode(data.slice(0, 16)));
}

function areBoxesSound(view: DataView): boolean {
  let at = 0;
  while (at < view.byteLength) {
    if (view.byteLength - at < headerBytes) return false;
    // Sizes 0 (to the end) and 1 (64 bits) are for files; the origin writes neither.
    const size = view.getUint32(at);
    if (size < headerBytes || size > view.byteLength - at) return false;
    const type = String.fromCharCode(...Array.from({ length: 4 }, (_, index) => view.getUint8(at + 4 + index)));
    const body = new DataView(view.buffer, view.byteOffset + at + headerBytes, size - headerBytes);
    if (containers.has(type) && !areBoxesSound(body)) return false;
    if (type === 'trun' && !isTrackRunSound(body)) return false;
    at += size;
  }
  return true;
}

/** 8.8.8: version and flags, sample count, optional fields, and per sample one word for each of four flags. */
function isTrackRunSound(body: DataView): boolean {
  if (body.byteLength < 8) return false;
  const flags = body.getUint32(0) & 0xff_ffff;
  const sampleCount = body.getUint32(4);
  const optionalBytes = 4 * [0x1, 0x4].filter((flag) => (flags & flag) !== 0).length;
  const sampleBytes = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
  return sampleCount <= maxSampleCount && 8 + optionalBytes + sampleCount * sampleBytes <= body.byteLength;
}
