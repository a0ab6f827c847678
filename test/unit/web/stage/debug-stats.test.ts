import { describe, expect, it } from 'vitest';
import { inboundStreams, outboundLayers, selectedPair } from '../../../../web/src/stage/debug-stats.ts';

const records = [
  { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' },
  { id: 'P1', type: 'candidate-pair', localCandidateId: 'L1', remoteCandidateId: 'R1', state: 'failed' },
  {
    id: 'P2',
    type: 'candidate-pair',
    localCandidateId: 'L2',
    remoteCandidateId: 'R1',
    nominated: true,
    state: 'succeeded',
    currentRoundTripTime: 0.012,
  },
  { id: 'L1', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
  { id: 'L2', type: 'local-candidate', candidateType: 'relay', protocol: 'udp', relayProtocol: 'tcp' },
  { id: 'R1', type: 'remote-candidate', candidateType: 'host', address: '10.0.0.1', port: 40_000 },
  { id: 'O1', type: 'outbound-rtp', kind: 'video', rid: 'r2', active: true, frameHeight: 720, bytesSent: 99 },
  { id: 'O2', type: 'outbound-rtp', kind: 'audio', bytesSent: 5 },
  { id: 'I1', type: 'inbound-rtp', kind: 'video', bytesReceived: 7, packetsLost: 1, framesDecoded: 3 },
];
const pair = {
  localType: 'relay',
  relayProtocol: 'tcp',
  remoteAddress: '10.0.0.1',
  remotePort: 40_000,
  roundTripMs: 12,
};

describe('selectedPair', () => {
  it('returns the pair that the transport selected, with both ends', () => {
    expect(selectedPair(records)).toMatchObject(pair);
  });

  it('returns the nominated pair where the browser gives no transport record', () => {
    expect(selectedPair(records.slice(1))).toMatchObject(pair);
  });

  it('returns undefined before the transport is connected', () => {
    expect(selectedPair([])).toBeUndefined();
  });
});

describe('outboundLayers and inboundStreams', () => {
  it('return one entry per stream', () => {
    expect(outboundLayers(records)).toMatchObject([
      { kind: 'video', rid: 'r2', frameHeightPx: 720, bytesSent: 99, isActive: true },
      { kind: 'audio', rid: undefined, bytesSent: 5 },
    ]);
    expect(inboundStreams(records)).toMatchObject([{ kind: 'video', framesDecoded: 3, packetsLost: 1 }]);
  });
});
