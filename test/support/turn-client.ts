/** A small TURN client over UDP for tests: long-term credentials, Allocate, CreatePermission. */
import { createHash, randomBytes } from 'node:crypto';
import { type Socket, createSocket } from 'node:dgram';
import {
  type StunMessage,
  decodeStun,
  encodeStun,
  encodeXorAddress,
  errorCodeOf,
  stun,
  uint32,
} from './stun-message.ts';

const udpProtocol = 17;
const retransmitMs = 250;
const answerDeadlineMs = 5000;

export class TurnClient {
  readonly #socket: Socket;
  readonly #server: { readonly ip: string; readonly port: number };
  readonly #credentials: { readonly username: string; readonly credential: string };
  #realm = Buffer.alloc(0);
  #nonce = Buffer.alloc(0);

  constructor(
    server: { readonly ip: string; readonly port: number },
    credentials: { readonly username: string; readonly credential: string },
  ) {
    this.#server = server;
    this.#credentials = credentials;
    this.#socket = createSocket('udp4');
  }

  /** 0 when a relay address was allocated, else the STUN error code. */
  async allocate(family: 'ipv4' | 'ipv6' = 'ipv4'): Promise<number> {
    const wanted: [number, Buffer][] = [
      [stun.attribute.requestedTransport, uint32(udpProtocol << 24)],
      ...(family === 'ipv6' ? [[stun.attribute.requestedAddressFamily, uint32(2 << 24)] as [number, Buffer]] : []),
    ];
    const challenge = await this.#ask(stun.allocate, () => wanted, false);
    if (errorCodeOf(challenge) !== 401) throw new Error(`No challenge: ${errorCodeOf(challenge)}`);
    this.#realm = Buffer.from(challenge.attributes.get(stun.attribute.realm)!);
    this.#nonce = Buffer.from(challenge.attributes.get(stun.attribute.nonce)!);
    return errorCodeOf(await this.#ask(stun.allocate, () => wanted, true));
  }

  /** 0 when the server lets data through to that peer, else the STUN error code. */
  async createPermission(peerIp: string, port = 4000): Promise<number> {
    const reply = await this.#ask(
      stun.createPermission,
      (transactionId) => [[stun.attribute.xorPeerAddress, encodeXorAddress(peerIp, port, transactionId)]],
      true,
    );
    return errorCodeOf(reply);
  }

  /** Gives the allocation back. */
  async release(): Promise<number> {
    return errorCodeOf(await this.#ask(stun.refresh, () => [[stun.attribute.lifetime, uint32(0)]], true));
  }

  close(): void {
    this.#socket.close();
  }

  async #ask(
    type: number,
    attributes: (transactionId: Buffer) => readonly (readonly [number, Buffer])[],
    isSigned: boolean,
  ): Promise<StunMessage> {
    const transactionId = randomBytes(12);
    const own = attributes(transactionId);
    const { username, credential } = this.#credentials;
    const key = createHash('md5').update(`${username}:${this.#realm.toString()}:${credential}`).digest();
    const auth = [
      [stun.attribute.username, Buffer.from(username)],
      [stun.attribute.realm, this.#realm],
      [stun.attribute.nonce, this.#nonce],
    ] as const;
    const request = isSigned
      ? encodeStun(type, transactionId, [...own, ...auth], key)
      : encodeStun(type, transactionId, own);
    return this.#exchange(request, transactionId);
  }

  async #exchange(request: Buffer, transactionId: Buffer): Promise<StunMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<StunMessage>();
    const onMessage = (bytes: Buffer) => {
      const message = decodeStun(bytes);
      if (message.transactionId.equals(transactionId)) resolve(message);
    };
    const send = () => this.#socket.send(request, this.#server.port, this.#server.ip);
    this.#socket.on('message', onMessage);
    this.#socket.once('error', reject);
    const retransmit = setInterval(send, retransmitMs);
    const deadline = setTimeout(() => reject(new Error('The TURN server did not answer')), answerDeadlineMs);
    send();
    try {
      return await promise;
    } finally {
      clearInterval(retransmit);
      clearTimeout(deadline);
      this.#socket.off('message', onMessage).off('error', reject);
    }
  }
}
