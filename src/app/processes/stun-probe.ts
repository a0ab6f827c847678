/** Asks a STUN server for a sign of life: one Binding request over UDP, until it is answered (RFC 8489, section 5). */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { type Clock } from '../../core/clock.ts';

const magicCookie = 0x2112a442;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const headerBytes = 20;
const retryMs = 100;

/** 20 bytes, no attributes. `transactionId` has 12 bytes. Pure. */
export function buildBindingRequest(transactionId: Uint8Array): Uint8Array {
  const message = new Uint8Array(headerBytes);
  const view = new DataView(message.buffer);
  view.setUint16(0, bindingRequest);
  view.setUint32(4, magicCookie);
  message.set(transactionId, 8);
  return message;
}

/** True for a Binding success response to that transaction. Pure; any bytes may come in. */
export function isBindingSuccess(message: Uint8Array, transactionId: Uint8Array): boolean {
  if (message.length < headerBytes) return false;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  return (
    view.getUint16(0) === bindingSuccess &&
    view.getUint32(4) === magicCookie &&
    transactionId.every((byte, index) => message[8 + index] === byte)
  );
}

/** True when the server answered within `deadlineMs`; false else, also as soon as `signal` aborts. Never rejects. */
export async function answersStunBinding(options: {
  readonly ip: string;
  readonly port: number;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}): Promise<boolean> {
  const { clock, ip, port } = options;
  const transactionId = randomBytes(12);
  const request = buildBindingRequest(transactionId);
  const socket = createSocket('udp4');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  // Refused and unreachable are what a server that is still starting looks like: ask again until the deadline.
  socket.on('error', () => undefined);
  socket.on('message', (message) => {
    if (isBindingSuccess(message, transactionId)) resolve(true);
  });
  const ask = () => socket.send(request, port, ip, () => undefined);
  const retry = clock.repeat(retryMs, ask);
  const deadline = clock.schedule(options.deadlineMs, () => resolve(false));
  const onAbort = () => resolve(false);
  options.signal?.addEventListener('abort', onAbort);
  if (options.signal?.aborted === true) onAbort();
  ask();
  try {
    return await promise;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    retry.cancel();
    deadline.cancel();
    socket.close();
  }
}
