/** One journal line: number, checksum, JSON. A line is valid whole or not at all. Pure. */
import { crc32 } from 'node:zlib';

/** `<lineNumber> <crc32 hex> <json>\n`; the checksum covers number and text, so a line cannot move. */
export function encodeJournalLine(lineNumber: number, record: unknown): string {
  const json = JSON.stringify(record);
  return `${lineNumber} ${checksum(lineNumber, json)} ${json}\n`;
}

const linePattern = /^(\d{1,15}) ([0-9a-f]{8}) (.+)$/;

export interface JournalText {
  /** Records of lines 0, 1, 2, ... up to the first invalid line. */
  readonly records: readonly unknown[];
  /** Bytes those lines take; what follows is a torn tail. */
  readonly validBytes: number;
  /** True when valid lines stand behind an invalid one: not a torn tail but damage. */
  readonly isDamaged: boolean;
}

/** Reads a journal as it lies on disk, torn tail included. Never throws. */
export function parseJournal(bytes: Uint8Array): JournalText {
  const records: unknown[] = [];
  let validBytes = 0;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(0x0a, start);
    if (newline < 0) break;
    const line = parseLine(bytes.subarray(start, newline));
    if (line === undefined || line.lineNumber !== records.length) {
      return { records, validBytes, isDamaged: hasValidLine(bytes, newline + 1) };
    }
    records.push(line.record);
    start = newline + 1;
    validBytes = start;
  }
  return { records, validBytes, isDamaged: false };
}

function hasValidLine(bytes: Uint8Array, from: number): boolean {
  for (let start = from; start < bytes.length;) {
    const newline = bytes.indexOf(0x0a, start);
    if (newline < 0) return false;
    if (parseLine(bytes.subarray(start, newline)) !== undefined) return true;
    start = newline + 1;
  }
  return false;
}

function parseLine(bytes: Uint8Array): { lineNumber: number; record: unknown } | undefined {
  const match = linePattern.exec(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  if (match === null) return undefined;
  const lineNumber = Number(match[1]);
  const json = match[3]!;
  if (checksum(lineNumber, json) !== match[2]) return undefined;
  try {
    return { lineNumber, record: JSON.parse(json) as unknown };
  } catch {
    // A checksum that fits text which is no JSON was written by nobody: treated like any other invalid line.
    return undefined;
  }
}

function checksum(lineNumber: number, json: string): string {
  return crc32(`${lineNumber} ${json}`).toString(16).padStart(8, '0');
}
