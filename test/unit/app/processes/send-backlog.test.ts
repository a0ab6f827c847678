import { describe, expect, it } from 'vitest';
import { messageSizeBytes } from '../../../../src/app/processes/message-size.ts';
import { SendBacklog } from '../../../../src/app/processes/send-backlog.ts';

function createBacklog(maxBytes: number) {
  const written: ((error: Error | null) => void)[] = [];
  const backlog = new SendBacklog((_message, callback) => void written.push(callback), maxBytes);
  return { backlog, written };
}

const message = { bytes: new Uint8Array(1000) };

describe('SendBacklog.send', () => {
  it('refuses what does not fit and takes it when something was written', () => {
    const { backlog, written } = createBacklog(3000);
    expect([backlog.send(message), backlog.send(message), backlog.send(message)]).toEqual([true, true, false]);
    written.shift()?.(null);
    expect(backlog.send(message)).toBe(true);
  });

  it('takes a message larger than the bound when nothing waits', () => {
    const { backlog } = createBacklog(10);
    expect([backlog.send(message), backlog.send(message)]).toEqual([true, false]);
  });

  it('refuses everything after a failed write or close', () => {
    const { backlog, written } = createBacklog(1_000_000);
    backlog.send(message);
    written[0]?.(new Error('channel closed'));
    expect(backlog.send(message)).toBe(false);
    expect(backlog.pendingBytes).toBe(0);
    const closed = createBacklog(1_000_000).backlog;
    closed.close();
    expect(closed.send(message)).toBe(false);
  });

  it('throws what serializing throws and does not count the message', () => {
    const backlog = new SendBacklog(() => {
      throw new TypeError('could not be cloned');
    }, 1000);
    expect(() => backlog.send({})).toThrow('could not be cloned');
    expect(backlog.pendingBytes).toBe(0);
  });
});

describe('messageSizeBytes', () => {
  it('counts binary payload and text at any level, plus an overhead', () => {
    const nested = { a: { b: [{ bytes: new Uint8Array(5000) }] }, text: 'x'.repeat(300) };
    expect(messageSizeBytes(nested)).toBeGreaterThanOrEqual(5300);
    expect(messageSizeBytes(nested)).toBeLessThan(6000);
    expect(messageSizeBytes({})).toBe(256);
  });
});
