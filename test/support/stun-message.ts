/** STUN and TURN messages for tests (RFC 8489, RFC 8656): just enough to allocate and to ask for permissions. */
import { createHmac } from 'node:crypto';

export const stun = {
  allocate: 0x0003,
  refresh: 0x0004,
  createPermission: 0x0008,
  attribute: {
    username: 0x0006,
    messageIntegrity: 0x0008,
    errorCode: 0x0009,
    lifetime: 0x000d,
    xorPeerAddress: 0x0012,
    realm: 0x0014,
    nonce: 0x0015,
    requestedAddressFamily: 0x0017,
    requestedTransport: 0x0019,
  },
} as const;

const magicCookie = 0x2112a442;

export interface StunMessage {
  readonly type: number;
  readonly transactionId: Buffer;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

/** Adds MESSAGE-INTEGRITY when a key is given. */
export function encodeStun(
  type: number,
  transactionId: Buffer,
  attributes: readonly (readonly [type: number, value: Buffer])[],
  integrityKey?: Buffer,
): Buffer {
  const body = Buffer.concat(attributes.map(([attribute, value]) => encodeAttribute(attribute, value)));
  if (integrityKey === undefined) return Buffer.concat([header(type, body.length, transactionId), body]);
  // The length in the header already counts the 24 bytes of MESSAGE-INTEGRITY when the HMAC is taken.
  const signed = Buffer.concat([header(type, body.length + 24, transactionId), body]);
  const hmac = createHmac('sha1', integrityKey).update(signed).digest();
  return Buffer.concat([signed, encodeAttribute(stun.attribute.messageIntegrity, hmac)]);
}

export function decodeStun(bytes: Buffer): StunMessage {
  const attributes = new Map<number, Buffer>();
  const end = 20 + bytes.readUInt16BE(2);
  for (let offset = 20; offset + 4 <= end;) {
    const length = bytes.readUInt16BE(offset + 2);
    attributes.set(bytes.readUInt16BE(offset), bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length + ((4 - (length % 4)) % 4);
  }
  return { type: bytes.readUInt16BE(0), transactionId: bytes.subarray(8, 20), attributes };
}

/** 0 when there is no ERROR-CODE. */
export function errorCodeOf(message: StunMessage): number {
  const value = message.attributes.get(stun.attribute.errorCode);
  return value === undefined ? 0 : (value[2]! & 7) * 100 + value[3]!;
}

/** XOR-PEER-ADDRESS for an IPv4 or IPv6 address. */
export function encodeXorAddress(address: string, port: number, transactionId: Buffer): Buffer {
  const isV6 = address.includes(':');
  const bytes = isV6 ? parseIpv6(address) : Buffer.from(address.split('.').map(Number));
  const mask = Buffer.concat([uint32(magicCookie), transactionId]);
  const head = Buffer.from([0, isV6 ? 2 : 1, 0, 0]);
  head.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
  return Buffer.concat([head, bytes.map((byte, index) => byte ^ mask[index]!)]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function header(type: number, bodyLength: number, transactionId: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(bodyLength, 2);
  head.writeUInt32BE(magicCookie, 4);
  return Buffer.concat([head, transactionId]);
}

function encodeAttribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** `::ffff:10.0.0.5`, `fd00::1`, `::1`. */
function parseIpv6(address: string): Buffer {
  const withHex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number) as [number, number, number, number];
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [left = '', right = ''] = withHex.split('::');
  const words = (text: string) => (text === '' ? [] : text.split(':'));
  const missing = 8 - words(left).length - words(right).length;
  const all = [...words(left), ...Array.from({ length: missing }, () => '0'), ...words(right)];
  const bytes = Buffer.alloc(16);
  all.forEach((word, index) => bytes.writeUInt16BE(parseInt(word, 16), index * 2));
  return bytes;
}
