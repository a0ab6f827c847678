import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../../src/core/clock.ts';
import { type Readiness } from '../../../../../src/signaling/protocol/index.ts';
import { ReadinessCheck } from '../../../../../web/src/stage/people/readiness-check.ts';
import { readinessText } from '../../../../../web/src/stage/people/people-words.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A transport whose statistics say how media goes out. */
function transportOver(localType: string, relayProtocol?: string) {
  const records = [
    { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
    { id: 'p', type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r', currentRoundTripTime: 0.0421 },
    { id: 'l', type: 'local-candidate', candidateType: localType, protocol: 'udp', relayProtocol },
    { id: 'r', type: 'remote-candidate', candidateType: 'host' },
  ];
  return { closed: false, getStats: async () => new Map(records.map((record) => [record.id, record])) };
}

function setUp(report: (readiness: Readiness) => Promise<unknown> = async () => undefined) {
  const clock = new FakeClock();
  const reported: Readiness[] = [];
  const view = {
    hasMicrophone: true,
    hasCamera: true,
    transport: undefined as ReturnType<typeof transportOver> | undefined,
  };
  const check = new ReadinessCheck({
    scheduler: clock,
    look: () => view,
    report: (readiness) => {
      reported.push(readiness);
      return report(readiness);
    },
  });
  return { clock, reported, view, check };
}

describe('ReadinessCheck', () => {
  it('tells at once what there is, and again only when something is another', async () => {
    const { clock, reported, view, check } = setUp();
    check.setRunning(true);
    await settle();
    expect(reported).toEqual([{ hasMicrophone: true, hasCamera: true, path: null, roundTripMs: null }]);
    view.transport = transportOver('relay', 'tls');
    for (let look = 0; look < 3; look++) {
      clock.advance(2000);
      await settle();
    }
    expect(reported.slice(1)).toEqual([{ hasMicrophone: true, hasCamera: true, path: 'turnTls', roundTripMs: 42 }]);
    expect(readinessText(reported[1])).toBe('Microphone and camera. Relayed connection over TLS, 42 ms');
    check.close();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it('tells again what the server did not take, and everything after it was stopped', async () => {
    let isRefusing = true;
    const { clock, reported, check } = setUp(() =>
      isRefusing ? Promise.reject(new Error('busy')) : Promise.resolve(),
    );
    check.setRunning(true);
    await settle();
    isRefusing = false;
    clock.advance(2000);
    await settle();
    expect(reported).toHaveLength(2);
    check.setRunning(true);
    await settle();
    expect(reported).toHaveLength(3);
    check.close();
  });
});
