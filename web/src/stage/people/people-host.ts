/** The host's actions on people, each answered with what went wrong, if anything. */
import type { MediaSource, Permission } from '../../../../src/signaling/protocol/index.ts';
import { messageOf } from '../../lib/api-error.ts';
import { type SignalingClient } from '../signaling-client.ts';

export class PeopleHost {
  readonly #signaling: Pick<SignalingClient, 'request'>;
  readonly #report: (message: string | undefined) => void;

  constructor(options: { signaling: Pick<SignalingClient, 'request'>; report: (message: string | undefined) => void }) {
    this.#signaling = options.signaling;
    this.#report = options.report;
  }

  /** Resolves, as all of these, when it is done or a problem was reported. */
  async admit(peerId: string): Promise<void> {
    await this.#try('Nobody was let in', () => this.#signaling.request('admit', { peerId }));
  }

  async sendToGreenRoom(peerId: string): Promise<void> {
    await this.#try('Nobody was sent back', () => this.#signaling.request('sendToGreenRoom', { peerId }));
  }

  async setGreenRoom(isOn: boolean): Promise<void> {
    await this.#try('The green room was not changed', () => this.#signaling.request('setGreenRoom', { isOn }));
  }

  async stopSource(peerId: string, source: MediaSource): Promise<void> {
    await this.#try('Nothing was stopped', () => this.#signaling.request('stopSource', { peerId, source }));
  }

  async remove(peerId: string): Promise<void> {
    await this.#try('Nobody was removed', () => this.#signaling.request('removePeer', { peerId }));
  }

  async setPermissions(peerId: string, permissions: Permission[]): Promise<void> {
    const request = { peerId, permissions };
    await this.#try('The permission was not changed', () => this.#signaling.request('setPermissions', request));
  }

  async setRole(peerId: string, role: 'coHost' | 'panelist'): Promise<void> {
    await this.#try('The role was not changed', () => this.#signaling.request('setRole', { peerId, role }));
  }

  async handOver(peerId: string): Promise<void> {
    await this.#try('The event was not handed over', () => this.#signaling.request('handOver', { peerId }));
  }

  async setOrder(peerIds: string[]): Promise<void> {
    await this.#try('The order was not changed', () => this.#signaling.request('setOrder', { peerIds }));
  }

  async #try(failure: string, action: () => Promise<unknown>): Promise<void> {
    this.#report(undefined);
    try {
      await action();
    } catch (thrown) {
      this.#report(`${failure}: ${messageOf(thrown)}`);
    }
  }
}
